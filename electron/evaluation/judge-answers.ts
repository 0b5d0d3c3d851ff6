import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { greedySampling } from '../../models/contract/default-sampling.ts';
import { Failure, failureFacts } from '../../models/contract/failure.ts';
import type { MeasureRow } from '../../models/contract/native/tasks.ts';
import { said } from '../../models/contract/said.ts';
import type { ManifestModel } from '../contract/evaluation/manifest.ts';
import type { Score } from '../contract/evaluation/scorer.ts';
import { scorerName } from '../contract/evaluation/scorer-name.ts';
import { transaction } from '../database/sql.ts';
import { ChatFirst, holdForChat } from '../jobs/hold-for-chat.ts';
import { waitForChatIdle } from '../jobs/yield-to-chat.ts';
import type { ActiveRun } from './active-run.ts';
import { passagesOf } from './arm-context.ts';
import type { EvaluationContext, Session } from './context.ts';
import { fillsMemory } from './model-sessions.ts';
import { manifestModel, usualContextOf } from './plan-arms.ts';
import type { RunArm } from './run-subject.ts';
import { type AskJudge, type Judge, judgeTokens, scoreByJudge } from './scorers/judge.ts';
import { shardSamples } from './shard/run-shard.ts';
import { shardCount } from './shard/shard-layout.ts';
import type { AnswerDetail } from './shard/unit-outcome.ts';
import { piecesOf } from './store/context-pieces.ts';
import { putScore, scoredResults, textsOfShard } from './store/results.ts';

/** Number of times a judge's process may die before the judge is given up. */
const attempts = 3;

/**
 * Lets judges score the answers once all exist, with one model in memory at a time. Scores of a shard are stored
 * together, so judging resumes where it stopped. Throws what ends the run.
 */
export async function judgeRun(context: EvaluationContext, running: ActiveRun<RunArm>): Promise<void> {
	const { subject, control, sessions, summaries, totals: allTotals } = running;
	const judges = subject.manifest.scorers.filter((scorer) => scorer.kind === 'judge');
	const shards = shardCount(subject.layout);
	const total = judges.length * subject.arms.length * shards;
	let done = 0;
	const left = judgingTime(total);
	for (const judge of judges.toSorted((a, b) => a.modelFileId - b.modelFileId)) {
		const model = context.library.modelFile(judge.modelFileId);
		const planned = subject.manifest.judges[scorerName(judge)];
		if ((await manifestModel(model, null, control.signal)).sha256 !== planned?.sha256)
			throw judgeChanged(planned?.name ?? model.name);
		for (const arm of subject.arms) {
			for (let shard = 0; shard < shards; shard += 1) {
				const doing = said`${scorerName(judge)}: ${model.name} is judging part ${done + 1} of ${total}`;
				const counts = [...allTotals.values()];
				control.now({
					doing,
					...left.of(done),
					done: counts.reduce((sum, totals) => sum + totals.done, 0),
					errors: counts.reduce((sum, totals) => sum + totals.errors, 0),
				});
				await judgeShard(context, running, { judge, model, chatTemplate: planned.chatTemplate, arm, shard });
				done += 1;
				summaries.writeSoon(arm.stored.id);
				control.rows();
			}
		}
		await sessions.close();
	}
}

/** Time to judge a shard until it is known, ms. */
const guessedShardMs = 20_000;

/** Estimates the time left from the parts judged so far. */
function judgingTime(total: number) {
	const began = performance.now();
	return {
		of(done: number) {
			const measured = done > 0;
			const each = measured ? (performance.now() - began) / done : guessedShardMs;
			return {
				secondsLeft: (each * (total - done)) / 1000,
				basis: measured ? ('measured' as const) : ('guessed' as const),
			};
		},
	};
}

interface Task {
	readonly judge: Judge;
	readonly model: ReturnType<EvaluationContext['library']['modelFile']>;
	readonly chatTemplate: ManifestModel['chatTemplate'];
	readonly arm: RunArm;
	readonly shard: number;
}

async function judgeShard(context: EvaluationContext, running: ActiveRun<RunArm>, task: Task): Promise<void> {
	const { database } = context;
	const { subject, sessions, control, totals: allTotals } = running;
	const { judge, model, chatTemplate, arm, shard } = task;
	const name = scorerName(judge);
	const answers = textsOfShard(database, arm.stored.id, shard).filter(({ status }) => status === 'done');
	const marked = scoredResults(
		database,
		answers.map(({ id }) => id),
		name,
	);
	const left = answers.filter(({ id }) => !marked.has(id));
	if (left.length === 0) return;
	const { units, samples } = shardSamples(context, subject, shard);
	const pieces =
		judge.showSources === true
			? piecesOf(
					database,
					left.map(({ id }) => id),
				)
			: new Map<number, never>();
	const sampleOf = new Map(units.map(({ position }, index) => [position, samples[index]] as const));
	for (let tried = 1; ; ) {
		await waitForChatIdle(context, control.signal);
		const { width, independent = false, threads } = subject.manifest;
		const session = await sessions.open(
			{ model, contextSize: usualContextOf(model), chatTemplate, width, independent, threads },
			control.signal,
		);
		const chatHold = holdForChat(context, session, { needsAllMemory: fillsMemory(model), onHold: () => {} });
		const asker = createAsker(session, judge, AbortSignal.any([control.signal, chatHold.signal]));
		try {
			const scores = await asker.all(
				left.map(async ({ id, position, output, answer, detail }): Promise<{ id: number; score: Score }> => {
					const sample = sampleOf.get(position);
					if (sample === undefined) throw new Error(`shard ${shard} has no sample at ${position}`);
					const read = JSON.parse(detail) as AnswerDetail;
					const passages = passagesOf(read, pieces.get(id) ?? []);
					const input = { sample, output, answer, detail: read, passages };
					return { id, score: await scoreByJudge(judge, input, asker.ask) };
				}),
			);
			transaction(database, () => {
				for (const { id, score } of scores) putScore(database, id, name, score);
			});
			const totals = allTotals.get(arm.stored.id);
			for (const [index, { position, epoch }] of left.entries()) {
				totals?.setScore(epoch * subject.layout.samples + position, name, scores[index]?.score.value ?? null);
			}
			return;
		} catch (error) {
			await sessions.close();
			control.signal.throwIfAborted();
			if (chatHold.signal.aborted || error instanceof ChatFirst) continue;
			if (failureFacts(error).code === 'internal' || tried >= attempts) throw error;
			tried += 1;
		} finally {
			chatHold.end();
		}
	}
}

interface Asker {
	readonly ask: AskJudge;
	/** Resolves when all of the work is done, answering pending questions in rounds. */
	all<T>(work: readonly Promise<T>[]): Promise<readonly T[]>;
}

/**
 * Answers simultaneous questions together: each round depends only on the answers, so two runs ask in the same batches.
 */
function createAsker(session: Session, judge: Judge, signal: AbortSignal): Asker {
	let waiting: { row: MeasureRow; resolve(text: string): void; reject(error: unknown): void }[] = [];
	/** A process that died: no single answer is to blame. */
	let broken: unknown = null;
	const sampling = { ...greedySampling, maxTokens: judgeTokens(judge) };
	return {
		ask: (turns, grammar) =>
			new Promise((resolve, reject) => {
				waiting.push({ row: { prompt: { turns: [...turns] }, sampling, seed: 0, grammar }, resolve, reject });
			}),
		async all<T>(work: readonly Promise<T>[]): Promise<readonly T[]> {
			let ended = false;
			const done = Promise.all(work).finally(() => {
				ended = true;
			});
			done.catch(() => {});
			while (!ended) {
				await yieldToEvents();
				const round = waiting;
				waiting = [];
				if (round.length === 0) continue;
				try {
					const rows = await session.generate(
						round.map(({ row }) => row),
						{ signal },
					);
					for (const [index, { resolve, reject }] of round.entries()) {
						const row = rows[index];
						if (row === undefined || 'failure' in row) reject(new Failure(row?.failure ?? failureFacts('no answer')));
						else resolve(row.text);
					}
				} catch (error) {
					broken = error;
					for (const { reject } of round) reject(new Error('the judge is gone'));
				}
				if (broken !== null) throw broken;
			}
			return done;
		},
	};
}

function judgeChanged(name: string): Failure {
	return new Failure({
		code: 'run-model-changed',
		message: said`The judge ${name} has changed, so this run can’t continue.`,
		next: [said`Add the same file to the library again`, said`Start a new run`],
	});
}
