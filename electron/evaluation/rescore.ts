import { setImmediate as nextTurn } from 'node:timers/promises';
import { said } from '../../models/contract/said.ts';
import type { Sample } from '../contract/dataset/schema.ts';
import type { Score } from '../contract/evaluation/scorer.ts';
import type { Technique } from '../contract/evaluation/technique.ts';
import { transaction } from '../database/sql.ts';
import { readSamplesById } from '../dataset/read-version.ts';
import { waitForChatIdle } from '../jobs/yield-to-chat.ts';
import type { ActiveRun } from './active-run.ts';
import { type AnswerScorer, createAnswerScorer } from './answer-scorer.ts';
import type { EvaluationContext } from './context.ts';
import type { RunArm } from './run-subject.ts';
import type { AnswerDetail } from './shard/unit-outcome.ts';
import { copyOutputPieces, piecesOf } from './store/context-pieces.ts';
import { putOutput, putScore, type StoredText, textsOfShard } from './store/results.ts';
import { type StoredShard, shardsOf } from './store/shards.ts';
import { setFoundAnswer, setShardRescored } from './store/shared-outputs.ts';

/** Rows that are scored and stored together: a few transactions a second, of a few milliseconds each. */
const outputsAtOnce = 256;
/** Before this much time has passed, the time left is a guess, ms. */
const knownAfterMs = 1_000;
/** Time to score a shard until it is known, ms. */
const guessedShardMs = 10;

/**
 * Re-scores existing outputs with every scorer that needs no model. Scores are stored shard by shard, so it resumes
 * where it stopped. Throws what ends the run.
 */
export async function rescoreAll(context: EvaluationContext, running: ActiveRun<RunArm>): Promise<null> {
	const { database } = context;
	const { subject, control, totals: allTotals, summaries } = running;
	const answerScorer = createAnswerScorer(subject.manifest.scorers, context.scoring);
	const left = shardsOf(database, subject.run.id).filter(({ status }) => status === 'waiting');
	const count = Math.max(1, Math.floor(outputsAtOnce / subject.layout.shardSize));
	const began = performance.now();
	let marked = 0;
	for (const arm of subject.arms) {
		const shards = left.filter(({ armId }) => armId === arm.stored.id);
		for (let first = 0; first < shards.length; first += count) {
			const part = shards.slice(first, first + count);
			await waitForChatIdle(context, control.signal);
			control.now(nowOf());
			const rows = await rescoreShards(context, running, { arm, shards: part, answerScorer });
			marked += part.length;
			if (rows > 0) summaries.writeSoon(arm.stored.id);
			control.rows();
			await nextTurn();
		}
	}
	return null;

	function nowOf() {
		const all = [...allTotals.values()];
		const elapsed = performance.now() - began;
		return {
			doing: said`Scoring part ${marked + 1} of ${left.length}`,
			done: all.reduce((sum, totals) => sum + totals.done, 0),
			errors: all.reduce((sum, totals) => sum + totals.errors, 0),
			...(elapsed < knownAfterMs || marked === 0
				? // Scoring takes milliseconds an output.
					{ secondsLeft: Math.ceil((guessedShardMs * (left.length - marked)) / 1000), basis: 'guessed' as const }
				: { secondsLeft: ((elapsed / marked) * (left.length - marked)) / 1000, basis: 'measured' as const }),
		};
	}
}

/** An output, read and scored; `scores` is null if it failed, which does not change. */
interface RescoredOutput {
	readonly row: StoredText;
	readonly answer: string | null;
	/** Votes in which a different one counts now, or that were read differently; null: the output is unchanged. */
	readonly changed: { readonly output: string; readonly detail: string } | null;
	readonly scores: ReadonlyMap<string, Score> | null;
}

/** Scores shards of an arm and stores them. Returns the number of their rows. */
async function rescoreShards(
	{ database, scoring }: EvaluationContext,
	{ subject, totals: allTotals, control }: ActiveRun<RunArm>,
	{ arm, shards, answerScorer }: { arm: RunArm; shards: readonly StoredShard[]; answerScorer: AnswerScorer },
): Promise<number> {
	const rows = shards.flatMap(({ position }) => textsOfShard(database, arm.stored.id, position));
	const ids = [...new Set(rows.map(({ sampleId }) => sampleId))];
	const samples = new Map(
		readSamplesById(database, subject.run.datasetVersionId, ids).map((sample) => [sample.id, sample] as const),
	);
	const pieces = piecesOf(
		database,
		rows.map(({ id }) => id),
	);
	const all: RescoredOutput[] = [];
	for (const row of rows) {
		// A pause must not wait for hundreds of rows, each of which may take a scorer a second.
		control.signal.throwIfAborted();
		const sample = samples.get(row.sampleId);
		if (sample === undefined) throw new Error(`sample ${row.sampleId} is gone`);
		all.push(await markOne(row, sample, arm.stored.technique));
	}
	const totals = allTotals.get(arm.stored.id);
	if (totals === undefined) throw new Error(`arm ${arm.stored.id} has no totals`);
	transaction(database, () => {
		for (const { row, answer, changed, scores } of all) {
			const outputId = changed === null ? null : putOutput(database, { ...changed, tokenIds: null });
			if (outputId !== null) copyOutputPieces(database, row.id, outputId);
			if (outputId !== null || answer !== row.answer) setFoundAnswer(database, row.id, { answer, outputId });
			for (const [scorer, score] of scores ?? []) putScore(database, row.id, scorer, score);
			totals.put(row.epoch * subject.layout.samples + row.position, {
				failed: scores === null,
				ms: row.ms,
				promptTokens: row.promptTokens,
				completionTokens: row.completionTokens,
				scores: new Map([...(scores ?? [])].map(([scorer, { value }]) => [scorer, value])),
			});
		}
		for (const { position } of shards) setShardRescored(database, arm.stored.id, position);
	});
	for (const { position, ms } of shards) {
		// Only answers that were fully measured count towards the speed.
		if (ms === null) continue;
		const own = rows.filter(({ shard }) => shard === position);
		totals.shardMs += ms;
		totals.shardRows += own.length;
		totals.shardTokens += own.reduce((sum, { completionTokens }) => sum + completionTokens, 0);
	}
	return rows.length;

	async function markOne(row: StoredText, sample: Sample, technique: Technique): Promise<RescoredOutput> {
		if (row.status === 'failed') return { row, answer: row.answer, changed: null, scores: null };
		const detail = JSON.parse(row.detail) as AnswerDetail;
		// The most likely choice follows from the likelihoods, not from the output text.
		if (technique.kind === 'choice-likelihood') {
			const { output, answer } = row;
			return { row, changed: null, ...(await answerScorer.score(sample, { output, answer, detail, pieces: [] })) };
		}
		const texts = detail.votes?.map(({ output }) => output) ?? [row.output];
		const { output, answer, votes } = await scoring.read(technique, texts, sample.choices);
		const read = detail.votes === undefined ? detail : { ...detail, votes };
		const again = JSON.stringify(read);
		const same = output === row.output && again === row.detail;
		const own = pieces.get(row.id) ?? [];
		const scores = await answerScorer.score(sample, { output, answer, detail: read, pieces: own });
		return { row, changed: same ? null : { output, detail: again }, ...scores };
	}
}
