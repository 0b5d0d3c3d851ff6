import { cpus, loadavg, totalmem } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type FailureFacts, failureFacts } from '../../models/contract/failure.ts';
import { said, type Words } from '../../models/contract/said.ts';
import type { Run } from '../contract/evaluation/schema.ts';
import { scorerName } from '../contract/evaluation/scorer-name.ts';
import { ChatFirst } from '../jobs/hold-for-chat.ts';
import { waitForChatIdle } from '../jobs/yield-to-chat.ts';
import { getAdapterRow, requireAdapterFiles } from '../library/adapters/adapters.ts';
import { gpuConditions } from '../library/gpu-settings.ts';
import type { ActiveRun, RunControl } from './active-run.ts';
import { createAnswerScorer } from './answer-scorer.ts';
import { assertSameContexts } from './arm-context.ts';
import { createArmSummaries } from './arm-summary.ts';
import { type ArmTotals, loadArmTotals } from './arm-totals.ts';
import type { EvaluationContext, Session } from './context.ts';
import { expectRow } from './estimate-run.ts';
import { judgeRun } from './judge-answers.ts';
import { createSessions } from './model-sessions.ts';
import { rescoreAll } from './rescore.ts';
import {
	byLoad,
	type RunArm,
	type RunSubject,
	readRunToMeasure,
	readRunToScore,
	type SubjectArm,
} from './run-subject.ts';
import { manifestOf } from './run-view.ts';
import { noteRepeatedRun } from './shard/repeatability.ts';
import { runShard, shardSamples } from './shard/run-shard.ts';
import { unitsOf } from './shard/shard-layout.ts';
import { getRun, setRunConditions, setRunStatus } from './store/runs.ts';
import { setShardFailed, shardsOf } from './store/shards.ts';
import { createTimeLeft } from './time-left.ts';

/** Attempts to measure a shard before it is given up. */
const attempts = 3;
/** For a defect, a full disk, a damaged database or other documents, another process would not help. */
const helpless = /^(internal|run-context-changed|disk-.*|database-.*|data-folder-.*)$/;
/** What a run waits for while a chat answer is written. */
const chatFirst = said`Waiting for the chat answer to finish`;
/** Samples that the expected time of an answer is taken from. */
const trialSamples = 8;
/** This many shards given up in a row end the run: the others would fare no better. */
const mostFailures = 3;

/**
 * Measures or re-scores the rest of a run, shard by shard, then lets judges score it. Each shard is stored when it
 * ends, so a pause, a kill or a crash loses at most one. Never rejects: the database says how it ended.
 */
export async function runEvaluation(context: EvaluationContext, id: number, control: RunControl): Promise<void> {
	const { database, clock } = context;
	const sessions = createSessions(context);
	try {
		setRunStatus(database, id, 'running', { startedAt: clock() });
		control.started();
		const marked = isMarked(context, id);
		const failure = marked
			? await work(context, readRunToScore(context, id), { sessions, control, marked }, (running) =>
					rescoreAll(context, running),
				)
			: await work(context, readRunToMeasure(context, id), { sessions, control, marked }, async (running) => {
					await assertSameContexts(context, running.subject);
					return await measureAll(context, running);
				});
		if (!marked) noteRepeatedRun(context, id);
		setRunStatus(database, id, failure === null ? 'done' : 'failed', { failure, endedAt: clock() });
	} catch (error) {
		endEarly(context, id, control.signal.aborted, error);
	} finally {
		await sessions.close();
	}
}

/** Whether the run re-scores existing outputs, so that it needs no model except judges. */
function isMarked({ database }: Pick<EvaluationContext, 'database'>, id: number): boolean {
	return manifestOf(getRun(database, id)).marked !== undefined;
}

/** Lets `make` do the rest, then runs the judges and writes the summaries. Returns the reason for an early stop. */
async function work<Arm extends RunArm>(
	context: EvaluationContext,
	subject: RunSubject<Arm>,
	{ sessions, control, marked }: Pick<ActiveRun, 'sessions' | 'control'> & { readonly marked: boolean },
	make: (running: ActiveRun<Arm>) => Promise<FailureFacts | null>,
): Promise<FailureFacts | null> {
	const scorers = subject.manifest.scorers.map(scorerName);
	const allTotals = new Map<number, ArmTotals>();
	for (const { stored } of subject.arms) {
		allTotals.set(stored.id, await loadArmTotals(context.reader, stored.id, { ...subject.layout, scorers }, marked));
	}
	const summaries = createArmSummaries(context, subject, allTotals, control.rows);
	const running = { subject, totals: allTotals, summaries, sessions, control };
	try {
		const failure = await make(running);
		if (failure === null) await judgeRun(context, running);
		return failure;
	} finally {
		await summaries.writeAll();
	}
}

function endEarly({ database, clock, log }: EvaluationContext, id: number, paused: boolean, error: unknown): void {
	const failure = failureFacts(error);
	if (!paused && failure.code === 'internal') log(`evaluation: ${failure.detail ?? failure.message}`);
	try {
		if (paused) setRunStatus(database, id, 'paused');
		else setRunStatus(database, id, 'failed', { failure, endedAt: clock() });
	} catch (cause) {
		// On a full disk even this write fails; the next start treats the run as abandoned.
		log(`evaluation: run ${id} could not be marked as ended: ${String(cause)}`);
	}
}

/** Returns the reason for an early stop; null: every shard was measured or given up. */
async function measureAll(context: EvaluationContext, running: ActiveRun): Promise<FailureFacts | null> {
	const { database } = context;
	const { subject, totals: allTotals, sessions, summaries, control } = running;
	await requireAdapterFiles(
		subject.arms.flatMap(({ stored }) => stored.adapters).map(({ id }) => getAdapterRow(database, id)),
	);
	const answerScorer = createAnswerScorer(subject.manifest.scorers, context.scoring);
	const left = shardsOf(database, subject.run.id).filter(({ status }) => status === 'waiting');
	const { samples: trial } = shardSamples(context, subject, left[0]?.position ?? 0);
	const expected = new Map(
		subject.arms.map((arm) => [arm.stored.id, expectRow(context, arm, trial.slice(0, trialSamples))] as const),
	);
	const timeLeft = createTimeLeft(subject, allTotals, left, expected, subject.manifest.width);
	const report = (doing: Words): void => control.now(timeLeft.now(doing));
	let failedInARow = 0;
	try {
		for (const { arm, shard } of inOrder(subject, left)) {
			const { id: armId } = arm.stored;
			const totals = allTotals.get(armId);
			if (totals === undefined) throw new Error(`arm ${armId} has no tally`);
			const doing = doingOf(subject, arm, shard);
			report(doing);
			const givenUp = await attempt(context, running, { arm, doing, report }, (session) =>
				runShard(context, {
					subject,
					arm,
					shard,
					session,
					totals,
					scorer: answerScorer,
					signal: control.signal,
					onHold: (held) => report(held ? chatFirst : doing),
					onWritten: () => summaries.writeSoon(armId),
					// Report only what is committed.
					onRows() {
						report(doing);
						control.rows();
					},
				}),
			);
			timeLeft.shardDone(armId);
			if (givenUp === null) {
				failedInARow = 0;
				summaries.writeSoon(armId);
			} else {
				context.log(`evaluation: shard ${shard} of ${String(arm.label)} was given up: ${givenUp.message}`);
				setShardFailed(database, armId, shard, givenUp);
				failedInARow += 1;
				if (failedInARow >= mostFailures) return givenUp;
			}
			control.rows();
			await nextTurn();
		}
	} finally {
		await sessions.close();
	}
	return null;
}

/**
 * Sorts work by model and adapters, so that each is loaded once; within them shard by shard across its arms, so that they can be
 * compared early.
 */
function inOrder(
	{ arms }: RunSubject,
	left: readonly { readonly armId: number; readonly position: number }[],
): readonly { readonly arm: SubjectArm; readonly shard: number }[] {
	const tasks = left.flatMap(({ armId, position }) =>
		arms.filter(({ stored }) => stored.id === armId).map((arm) => ({ arm, shard: position })),
	);
	return byLoad(arms).flatMap((group) =>
		tasks
			.filter(({ arm }) => group.includes(arm))
			.sort((a, b) => a.shard - b.shard || a.arm.stored.position - b.arm.stored.position),
	);
}

function doingOf({ layout: cut, arms }: RunSubject, arm: SubjectArm, shard: number): Words {
	const units = unitsOf(cut, shard);
	const [first] = units;
	const last = units.at(-1);
	if (first === undefined || last === undefined) return arm.label;
	const [from, to] = [first.position + 1, last.position + 1];
	const which =
		cut.epochs === 1
			? said`samples ${from} to ${to} of ${cut.samples}`
			: said`samples ${from} to ${to} of ${cut.samples}, answer ${first.epoch + 1} of ${cut.epochs}`;
	return arms.length === 1 ? which : said`${arm.label}: ${which}`;
}

/**
 * Tries a shard, with a fresh process if the last one died. Returns why it was given up; null: it is done. Throws what
 * ends the run: a pause, a model that can't be loaded at all, a defect.
 */
async function attempt(
	context: EvaluationContext,
	{ subject, sessions, control }: ActiveRun,
	{ arm, doing, report }: { arm: SubjectArm; doing: Words; report: (doing: Words) => void },
	work: (session: Session) => Promise<void>,
): Promise<FailureFacts | null> {
	const { manifest, run } = subject;
	const { width, independent = false, threads } = manifest;
	const { model, contextSize, chatTemplate, adapters } = arm;
	const options = { model, contextSize, chatTemplate, adapters, width, independent, threads };
	let last: FailureFacts | null = null;
	for (let attempt = 0; attempt < attempts; ) {
		if (context.answering()) report(chatFirst);
		await waitForChatIdle(context, control.signal);
		const loadBefore = loadavg()[0] ?? 0;
		if (!sessions.holds(options)) report(said`Loading ${`${arm.model.name} ${arm.model.quantization ?? ''}`.trim()}`);
		const session = await sessions.open(options, control.signal);
		report(doing);
		noteConditions(context, run.id, session, manifest.threads, loadBefore);
		try {
			await work(session);
			return null;
		} catch (error) {
			await sessions.close();
			control.signal.throwIfAborted();
			if (error instanceof ChatFirst) continue;
			last = failureFacts(error);
			if (helpless.test(last.code)) throw error;
			attempt += 1;
		}
	}
	return last;
}

function noteConditions(
	{ database }: EvaluationContext,
	runId: number,
	{ facts }: Session,
	threads: number,
	loadBefore: number,
): void {
	const before = JSON.parse(getRun(database, runId).conditions) as Run['conditions'];
	const highestLoadBefore = Math.max(loadBefore, Number(before.highestLoadBefore ?? 0));
	if (before.engine === facts.engineBuild && highestLoadBefore === before.highestLoadBefore) return;
	setRunConditions(database, runId, {
		engine: facts.engineBuild,
		systemInfo: facts.systemInfo,
		threads,
		highestLoadBefore,
		...gpuConditions(facts),
		processor: cpus()[0]?.model.trim() ?? 'unknown',
		cores: cpus().length,
		memoryBytes: totalmem(),
	});
}
