import { type FailureFacts, failureFacts, failureSchema } from '../../models/contract/failure.ts';
import type { Turn } from '../../models/contract/generation.ts';
import { said, spoken } from '../../models/contract/said.ts';
import type { Sample } from '../contract/dataset/schema.ts';
import type { Answer, RowDetail } from '../contract/evaluation/schema.ts';
import type { Scorer } from '../contract/evaluation/scorer.ts';
import { scorerName } from '../contract/evaluation/scorer-name.ts';
import type { ContextPiece } from '../conversation/context-builder.ts';
import { readSamplesById } from '../dataset/read-version.ts';
import { lastUserText } from '../prompt/compile-prompt.ts';
import { type AddedContext, isContextGone, passagesOf, requestWithContext } from './arm-context.ts';
import { labelsOf } from './arm-labels.ts';
import type { EvaluationContext } from './context.ts';
import { readAsking } from './run-subject.ts';
import { manifestOf } from './run-view.ts';
import { isFrom, readExpectedSources } from './scorers/expected-sources.ts';
import { seedOf } from './shard/shard-layout.ts';
import { type AnswerDetail, choiceLikelihoods } from './shard/unit-outcome.ts';
import { getArm, type StoredArm } from './store/arms.ts';
import { piecesOf } from './store/context-pieces.ts';
import { resultAt, type StoredResult, scoresOf } from './store/results.ts';
import { getRun, type StoredRun } from './store/runs.ts';
import { pairedPosition, sampleAt } from './store/samples.ts';
import { describeExpectedCalls } from './tools/describe-expected-calls.ts';

/** Returns a sample with each arm's full answer. Throws Failure `arm-unknown`, `row-unknown`. */
export function rowDetail(
	context: Pick<EvaluationContext, 'database'>,
	arms: readonly number[],
	position: number,
	epoch: number,
): RowDetail {
	const { database } = context;
	const stored = arms.map((id) => getArm(database, id));
	const [first] = stored;
	if (first === undefined) throw new Error('no arm');
	const place = sampleAt(database, first.runId, position);
	const run = getRun(database, first.runId);
	const [sample] = readSamplesById(database, run.datasetVersionId, [place.sampleId]);
	if (sample === undefined) throw new Error(`sample ${place.sampleId} is gone`);
	const calls = stored.some(({ technique }) => technique.kind === 'tools') ? describeExpectedCalls(sample) : null;
	const earlier = typeof sample.input === 'string' ? [] : sample.input.slice(0, -1);
	return {
		position,
		epoch,
		sample: {
			...(calls === null ? {} : { expectedCalls: calls }),
			id: sample.id,
			key: sample.key,
			input: lastUserText(sample),
			...(earlier.length === 0 ? {} : { earlier }),
			target: sample.target,
			choices: sample.choices ?? [],
			variables: sample.variables,
			tags: sample.tags,
			cluster: sample.cluster,
			split: sample.split,
			messageId: sample.source.kind === 'message' ? sample.source.messageId : null,
		},
		answers: stored.map((arm) => answerOf(context, arm, sample, epoch, pairedPosition(database, arm.runId, place))),
	};
}

function answerOf(
	context: Pick<EvaluationContext, 'database'>,
	arm: StoredArm,
	sample: Sample,
	epoch: number,
	position: number | null,
): Answer {
	const { database } = context;
	const run = getRun(database, arm.runId);
	const manifest = manifestOf(run);
	const row = position === null ? undefined : resultAt(database, arm.id, position, epoch);
	const detail = row === undefined ? {} : (JSON.parse(row.detail) as AnswerDetail);
	const scorers = manifest.scorers.map(scorerName);
	const scores = row === undefined ? [] : scoresOf(database, row.id);
	const place = (name: string): number => (scorers.includes(name) ? scorers.indexOf(name) : scorers.length);
	const pieces = row === undefined ? [] : (piecesOf(database, [row.id]).get(row.id) ?? []);
	const added = { pieces, leftOut: detail.context?.leftOut ?? [] };
	const asked = isContextGone(detail, pieces)
		? { turns: [], promptProblem: said`This passage doesn’t exist any more: its document was changed or deleted.` }
		: promptOf(context, run, arm, { seed: manifest.seed, sample, added });
	return {
		armId: arm.id,
		runId: arm.runId,
		position,
		...spoken({ label: labelsOf(manifest)[arm.position] ?? '', ...asked }),
		status: row?.status ?? null,
		failure: failureOf(row),
		...lookedUpFor(detail, pieces, sample, manifest.scorers),
		output: row?.output ?? '',
		answer: row?.answer ?? null,
		// The headline scorer first, as everywhere, and scores by hand last.
		scores: scores.toSorted((a, b) => place(a.scorer) - place(b.scorer)),
		rounds: (detail.rounds ?? []).map((round) => ({ ...round, calls: [...round.calls] })),
		votes: (detail.votes ?? []).map((vote) => ({ ...vote })),
		choices: choicesOf(arm, detail, sample, row?.answer ?? null),
		promptTokens: row?.promptTokens ?? 0,
		cachedTokens: row?.cachedTokens ?? 0,
		completionTokens: row?.completionTokens ?? 0,
		stopReason: row?.stopReason ?? null,
		ms: row?.ms ?? null,
		seed: seedOf(manifest.seed, sample.key, epoch, 0),
	};
}

/** What was looked up for an answer, by the sources that its sample expects. */
function lookedUpFor(
	detail: AnswerDetail,
	pieces: readonly ContextPiece[],
	sample: Sample,
	scorers: readonly Scorer[],
): Pick<Answer, 'lookedUp' | 'leftOutTurns'> {
	const leftOutTurns = detail.context?.leftOut.length ?? 0;
	const passages = passagesOf(detail, pieces);
	const left = leftOutTurns === 0 ? {} : { leftOutTurns };
	if (passages === null) return left;
	const column = scorers.find((scorer) => scorer.kind === 'sources')?.column ?? 'sources';
	const expected = readExpectedSources(sample, column);
	const sources = pieces.flatMap(({ kind, source }) => (kind === 'documents' && source !== null ? source : []));
	return {
		...left,
		lookedUp: {
			passages: sources.map(({ number, title, page, heading, whole }, index) => {
				const passage = passages[index] ?? { title, page, text: '' };
				const isExpected = expected?.some((source) => isFrom(passage, source)) ?? null;
				return { number, title, page, heading, whole, text: passage.text, isExpected };
			}),
			missed: (expected ?? []).filter((source) => !passages.some((passage) => isFrom(passage, source))),
		},
	};
}

function failureOf(row: StoredResult | undefined): FailureFacts | null {
	return row === undefined || row.failure === null ? null : failureSchema.parse(JSON.parse(row.failure));
}

/** The prompt as sent, rebuilt from records that never change. */
function promptOf(
	context: Pick<EvaluationContext, 'database'>,
	run: StoredRun,
	arm: StoredArm,
	{
		seed,
		sample,
		added,
	}: { readonly seed: number; readonly sample: Sample; readonly added: Pick<AddedContext, 'pieces' | 'leftOut'> },
): { turns: Turn[]; promptProblem: string | null } {
	try {
		const { build } = readAsking(context, arm, { seed, versionId: run.datasetVersionId });
		const request = requestWithContext(build, sample, added);
		if (request.kind === 'generate') return { turns: request.turns, promptProblem: null };
		const contexts = request.items.map(({ context: text }) => text).filter((text) => text !== '');
		return { turns: contexts.map((content) => ({ role: 'user' as const, content })), promptProblem: null };
	} catch (error) {
		return { turns: [], promptProblem: failureFacts(error).message };
	}
}

function choicesOf(
	{ technique }: StoredArm,
	{ likelihoods }: AnswerDetail,
	sample: Sample,
	chosen: string | null,
): Answer['choices'] {
	if (technique.kind !== 'choice-likelihood' || likelihoods === undefined) return [];
	const sums = choiceLikelihoods(technique.form, likelihoods);
	return (sample.choices ?? []).map((text, index) => ({
		text,
		logLikelihood: sums[index] ?? 0,
		tokens: (technique.form === 'blank' ? likelihoods[index]?.tokens[0] : likelihoods[0]?.tokens[index]) ?? 0,
		chosen: text === chosen,
	}));
}
