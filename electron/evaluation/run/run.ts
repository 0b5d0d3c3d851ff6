import { cpus, loadavg, totalmem } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type FailureFacts, failureFacts } from '../../../models/contract/failure.ts';
import type { Run } from '../../contract/evaluation/run.ts';
import { whenQuiet } from '../../jobs/quiet.ts';
import type { EvaluationContext, Session } from '../context.ts';
import { setArmSummary } from '../store/arms.ts';
import { getRun, setRunConditions, setRunStatus } from '../store/runs.ts';
import { setShardFailed, shardsOf } from '../store/shards.ts';
import { summaryOf } from '../view/summary.ts';
import { ChatFirst } from '../shard/attend.ts';
import { judgeRun } from './judge.ts';
import { createMarker } from './mark.ts';
import { createPace, type Now } from './pace.ts';
import { createSessions, type Sessions } from './sessions.ts';
import { runShard } from '../shard/run-shard.ts';
import { type Subject, type SubjectArm, subjectOf } from './subject.ts';
import { loadTally, type Tally } from './tally.ts';
import { unitCount, unitsOf } from '../shard/units.ts';

export interface RunControl {
	/** Aborts when it is paused, or the application ends. */
	readonly signal: AbortSignal;
	now(now: Now): void;
	/** Rows were written. */
	rows(): void;
}

/** A shard is begun so often before it is given up. */
const attempts = 3;
/** So many shards given up one after the other end the run: the others would fare no better. */
const mostFailures = 3;
/** Metrics over the rows so far are written at least this far apart, ms. */
const summaryEveryMs = 1_000;

/**
 * Measures what is still to be measured, shard by shard, then lets judges mark it. Every shard is kept when it ends, so
 * that a pause, a kill or a crash loses at most one. Never rejects: how it ended is in the database.
 */
export async function runEvaluation(context: EvaluationContext, id: number, control: RunControl): Promise<void> {
	const { database, clock } = context;
	setRunStatus(database, id, 'running', { startedAt: clock() });
	const sessions = createSessions(context);
	try {
		const subject = subjectOf(context, id);
		const tallies = new Map<number, Tally>();
		for (const { stored } of subject.arms) {
			const scorers = subject.manifest.scorers.map((scorer) => scorer.name ?? scorer.kind);
			tallies.set(stored.id, await loadTally(context.reader, stored.id, { ...subject.cut, scorers }));
		}
		const failure = await measureAll(context, { subject, tallies, sessions, control });
		if (failure === null) await judgeRun(context, { subject, tallies, sessions, control });
		writeSummaries(context, subject, tallies, true);
		setRunStatus(database, id, failure === null ? 'done' : 'failed', { failure, endedAt: clock() });
	} catch (error) {
		if (control.signal.aborted) setRunStatus(database, id, 'paused');
		else {
			const failure = failureFacts(error);
			if (failure.code === 'internal') context.log(`evaluation: ${failure.detail ?? failure.message}`);
			setRunStatus(database, id, 'failed', { failure, endedAt: clock() });
		}
	} finally {
		await sessions.close();
	}
}

export interface Running {
	readonly subject: Subject;
	readonly tallies: ReadonlyMap<number, Tally>;
	readonly sessions: Sessions;
	readonly control: RunControl;
}

function writeSummaries(
	{ database }: EvaluationContext,
	subject: Subject,
	tallies: ReadonlyMap<number, Tally>,
	whole: boolean,
): void {
	for (const { stored } of subject.arms) {
		const tally = tallies.get(stored.id);
		if (tally !== undefined) setArmSummary(database, stored.id, summaryOf(tally, subject, whole));
	}
}

/** Answers with why it stopped early; null: everything was measured, or given up shard by shard. */
async function measureAll(context: EvaluationContext, running: Running): Promise<FailureFacts | null> {
	const { database } = context;
	const { subject, tallies, sessions, control } = running;
	const { run, manifest, cut } = subject;
	const marker = await createMarker(manifest.scorers);
	const left = shardsOf(database, run.id).filter(({ status }) => status === 'waiting');
	const pace = createPace(subject, tallies, left);
	let summaryAt = performance.now();
	let failedInARow = 0;
	let lastFailure: FailureFacts | null = null;
	try {
		for (const { arm, shard } of inOrder(subject, left)) {
			const tally = tallies.get(arm.stored.id);
			if (tally === undefined) throw new Error(`arm ${arm.stored.id} has no tally`);
			const doing = doingOf(subject, arm, shard);
			control.now(pace.now(doing));
			const outcome = await attempt(context, running, arm, async (session) => {
				await runShard(context, {
					...{ subject, arm, shard, session, tally, marker, signal: control.signal },
					onHold: (held) => control.now(pace.now(held ? `${doing}, after the answer being written` : doing)),
					onWritten() {
						control.now(pace.now(doing));
						if (performance.now() - summaryAt < summaryEveryMs) return;
						summaryAt = performance.now();
						setArmSummary(database, arm.stored.id, summaryOf(tally, subject, false));
					},
					onRows: control.rows,
				});
			});
			pace.shardDone(arm.stored.id);
			if (outcome === null) {
				failedInARow = 0;
				setArmSummary(database, arm.stored.id, summaryOf(tally, subject, false));
			} else {
				context.log(`evaluation: shard ${shard} of ${arm.label} was given up: ${outcome.message}`);
				setShardFailed(database, arm.stored.id, shard, outcome);
				failedInARow += 1;
				lastFailure = outcome;
			}
			control.rows();
			if (failedInARow >= mostFailures) return lastFailure;
			await nextTurn();
		}
	} finally {
		marker.close();
		await sessions.close();
		writeSummaries(context, subject, tallies, true);
	}
	return null;
}

/** Model by model, so that each is loaded once; of its arms shard by shard, so that they can be compared early. */
function inOrder(
	{ arms }: Subject,
	left: readonly { armId: number; position: number }[],
): readonly { arm: SubjectArm; shard: number }[] {
	const models = [...new Set(arms.map(({ model }) => model.id))];
	return models.flatMap((modelId) => {
		const own = arms.filter(({ model }) => model.id === modelId);
		return left
			.flatMap(({ armId, position }) => own.filter(({ stored }) => stored.id === armId).map((arm) => ({ arm, shard: position })))
			.sort((a, b) => a.shard - b.shard || a.arm.stored.position - b.arm.stored.position);
	});
}

function doingOf({ cut, arms }: Subject, arm: SubjectArm, shard: number): string {
	const units = unitsOf(cut, shard);
	const [first] = units;
	const last = units.at(-1);
	if (first === undefined || last === undefined) return arm.label;
	const epoch = cut.epochs === 1 ? '' : `, answer ${first.epoch + 1} of ${cut.epochs}`;
	const which = `samples ${first.position + 1} to ${last.position + 1} of ${cut.samples}${epoch}`;
	return arms.length === 1 && unitCount(cut) > 0 ? which : `${arm.label}: ${which}`;
}

/**
 * Tries a shard, with a fresh process where the last one died. Answers with why it was given up; null: it is done.
 * Throws what ends the run: a pause, a model that can't be loaded at all, a defect.
 */
async function attempt(
	context: EvaluationContext,
	{ subject, sessions, control }: Running,
	arm: SubjectArm,
	work: (session: Session) => Promise<void>,
): Promise<FailureFacts | null> {
	const { manifest, run } = subject;
	let last: FailureFacts | null = null;
	for (let tried = 0; tried < attempts; ) {
		await whenQuiet(context, control.signal);
		const loadBefore = loadavg()[0] ?? 0;
		const options = { model: arm.model, contextSize: arm.contextSize, width: manifest.width, threads: manifest.threads };
		const session = await sessions.open(options, control.signal);
		noteConditions(context, run.id, session, manifest.threads, loadBefore);
		try {
			await work(session);
			return null;
		} catch (error) {
			await sessions.close();
			control.signal.throwIfAborted();
			if (error instanceof ChatFirst) continue;
			last = failureFacts(error);
			if (last.code === 'internal') throw error;
			tried += 1;
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
	const conditions = {
		...{ engine: facts.engineBuild, systemInfo: facts.systemInfo, threads },
		...{ processor: cpus()[0]?.model.trim() ?? 'unknown', cores: cpus().length, memoryBytes: totalmem() },
		highestLoadBefore: Math.max(loadBefore, Number(before.highestLoadBefore ?? 0)),
	};
	// Once a model, not once a shard: the load changes all the time.
	if (before.engine === conditions.engine && conditions.highestLoadBefore === before.highestLoadBefore) return;
	setRunConditions(database, runId, conditions);
}
