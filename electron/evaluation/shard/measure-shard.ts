import type { MeasuredRow, MeasureRow } from '../../../models/contract/native/tasks.ts';
import type { Sample } from '../../contract/dataset/schema.ts';
import type { Parameters } from '../../contract/evaluation/run-config.ts';
import type { Technique } from '../../contract/evaluation/technique.ts';
import type { PromptRequest } from '../../contract/prompt/schema.ts';
import { type AddedContext, type BuildRequest, type CollectContext, requestWithContext } from '../arm-context.ts';
import type { Session } from '../context.ts';
import type { ScoringWorker } from '../scorers/scoring-worker-client.ts';
import { answerWithTools } from '../tools/answer-with-tools.ts';
import { seedOf, type Unit } from './shard-layout.ts';
import {
	failedOutcome,
	outcomeOfAnswers,
	outcomeOfLikelihoods,
	ownFailure,
	type UnitOutcome,
	withAdded,
} from './unit-outcome.ts';

/** How an arm asks its samples. */
export interface Asking {
	readonly technique: Technique;
	readonly parameters: Parameters;
	readonly runSeed: number;
	/** Throws a Failure if a sample can't be asked. */
	readonly build: BuildRequest;
	/** Collects what goes into the prompts besides the samples; null: nothing. */
	readonly collect: CollectContext | null;
}

export interface ShardControl {
	readonly signal: AbortSignal;
	/**
	 * Reads answers away from this thread, because a user's pattern can take minutes on a long output, and runs programs
	 * that models write.
	 */
	readonly scoring: Pick<ScoringWorker, 'read' | 'run'>;
	/** Called when a unit is done. A technique that scores choices reports all of them together, at the end. */
	onOutcome(index: number, outcome: UnitOutcome): void;
}

interface Asked {
	readonly index: number;
	readonly sample: Sample;
	readonly request: PromptRequest;
}

/**
 * Measures the units of one shard; a unit that can't be asked or answered fails alone. Throws the Failure of a process
 * that died, and the signal's reason.
 */
export async function measureShard(
	session: Session,
	asking: Asking,
	units: readonly Unit[],
	samples: readonly Sample[],
	control: ShardControl,
): Promise<void> {
	const asked: Asked[] = [];
	const contexts = new Map<number, AddedContext>();
	for (const [index, sample] of samples.entries()) {
		try {
			const added = await asking.collect?.(sample, session, control.signal);
			if (added !== undefined) contexts.set(index, added);
			const request = added === undefined ? asking.build(sample) : requestWithContext(asking.build, sample, added);
			asked.push({ index, sample, request });
		} catch (error) {
			control.signal.throwIfAborted();
			control.onOutcome(index, failedOutcome(ownFailure(error)));
		}
	}
	const answering: ShardControl = {
		...control,
		onOutcome: (index, outcome) => control.onOutcome(index, withAdded(outcome, contexts.get(index) ?? null)),
	};
	if (asking.technique.kind === 'tools') {
		const questions = asked.flatMap(({ index, sample, request }) =>
			request.kind === 'generate' ? [{ index, sample, epoch: units[index]?.epoch ?? 0, turns: request.turns }] : [],
		);
		await answerWithTools(session, { ...asking, technique: asking.technique }, questions, answering);
		return;
	}
	await generate(session, asking, units, asked, answering);
	await scoreChoices(session, asking, asked, answering);
}

async function generate(
	session: Session,
	{ technique, parameters, runSeed }: Asking,
	units: readonly Unit[],
	asked: readonly Asked[],
	{ signal, scoring: { read }, onOutcome: onMade }: ShardControl,
): Promise<void> {
	const rows: MeasureRow[] = [];
	/** The owner of each row. */
	const owners: { asked: Asked; vote: number }[] = [];
	const answers = new Map<number, (MeasuredRow | undefined)[]>();
	for (const one of asked) {
		if (one.request.kind !== 'generate') continue;
		const { turns, text, votes, temperature, grammar } = one.request;
		answers.set(one.index, new Array<undefined>(votes).fill(undefined));
		for (let vote = 0; vote < votes; vote += 1) {
			owners.push({ asked: one, vote });
			rows.push({
				prompt: session.facts.chat ? { turns } : { text },
				sampling: { ...parameters, temperature: temperature ?? parameters.temperature },
				seed: seedOf(runSeed, one.sample.key, units[one.index]?.epoch ?? 0, vote),
				...(grammar === null ? {} : { grammar }),
			});
		}
	}
	if (rows.length === 0) return;
	const reading: Promise<void>[] = [];
	const broken: unknown[] = [];
	try {
		await session.generate(rows, {
			signal,
			onRow(index, row) {
				const owner = owners[index];
				const of = owner && answers.get(owner.asked.index);
				if (owner === undefined || of === undefined) throw new Error(`an answer to no row: ${index}`);
				of[owner.vote] = row;
				const all = of.filter((vote) => vote !== undefined);
				if (all.length < of.length) return;
				const { index: unit, sample } = owner.asked;
				reading.push(
					outcomeOfAnswers(all, (texts) => read(technique, texts, sample.choices))
						.then((outcome) => onMade(unit, outcome))
						.catch((error: unknown) => {
							broken.push(error);
						}),
				);
			},
		});
	} finally {
		// Answers that are here are kept, however the rest ended.
		await Promise.all(reading);
	}
	if (broken.length > 0) throw broken[0];
}

async function scoreChoices(
	session: Session,
	{ technique }: Asking,
	asked: readonly Asked[],
	{ signal, onOutcome: onMade }: ShardControl,
): Promise<void> {
	if (technique.kind !== 'choice-likelihood') return;
	const items = asked.flatMap(({ request }) => (request.kind === 'likelihood' ? request.items : []));
	if (items.length === 0) return;
	const measured = await session.likelihood(items, { signal });
	let next = 0;
	for (const { index, sample, request } of asked) {
		if (request.kind !== 'likelihood') continue;
		const own = measured.slice(next, next + request.items.length);
		next += request.items.length;
		onMade(index, outcomeOfLikelihoods(technique.form, own, sample.choices ?? []));
	}
}
