import { Failure } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';
import type { Job } from '../contract/jobs/schema.ts';
import type { JobControl } from '../jobs/jobs.ts';
import { waitForChatIdle } from '../jobs/yield-to-chat.ts';
import { assertSameContexts } from './arm-context.ts';
import type { EvaluationContext, Session } from './context.ts';
import { fillsMemory } from './model-sessions.ts';
import { type RunSubject, readRunToMeasure, type SubjectArm } from './run-subject.ts';
import { measureShard } from './shard/measure-shard.ts';
import { shardSamples } from './shard/run-shard.ts';
import { storedFingerprint } from './shard/shard-writer.ts';
import { fingerprint, type UnitOutcome } from './shard/unit-outcome.ts';
import { resultsOfShard } from './store/results.ts';
import { getRun, setRepeatable } from './store/runs.ts';
import { shardsOf } from './store/shards.ts';

/**
 * Measures a shard of the run in a fresh process, again in one that is killed midway, and again in a third, and
 * compares every answer with the run's, token by token. A job that stores only its result.
 */
export function startSelfTest(context: EvaluationContext, id: number, onEnded: () => void): Job {
	const { name } = getRun(context.database, id);
	const subject = readRunToMeasure(context, id);
	const tested = shardToTest(context, subject);
	return context.jobs.start({
		kind: 'evaluation',
		title: said`Repeatability check of ${name}`,
		unit: 'samples',
		lane: `evaluation-self-test-${id}`,
		work: (control) =>
			context.lane(() => selfTest(context, subject, tested, control), said`a repeatability check`).finally(onEnded),
	});
}

interface Tested {
	readonly arm: SubjectArm;
	readonly shard: number;
}

/** The first completed shard, preferably of an arm that samples, because that is harder to repeat. */
function shardToTest({ database }: EvaluationContext, subject: RunSubject): Tested {
	const done = shardsOf(database, subject.run.id).filter(({ status }) => status === 'done');
	const hot = (arm: SubjectArm): boolean =>
		arm.asking.parameters.temperature > 0 || arm.asking.technique.kind === 'self-consistency';
	for (const arm of subject.arms.toSorted((a, b) => Number(hot(b)) - Number(hot(a)))) {
		const shard = done.find(({ armId }) => armId === arm.stored.id);
		if (shard !== undefined) return { arm, shard: shard.position };
	}
	throw new Failure({
		code: 'run-nothing-done',
		message: said`This run has no finished answers to repeat yet.`,
		next: [said`Wait until the first samples are measured`],
	});
}

async function selfTest(
	context: EvaluationContext,
	subject: RunSubject,
	{ arm, shard }: Tested,
	control: JobControl,
): Promise<void> {
	const { database } = context;
	const { id } = subject.run;
	await assertSameContexts(context, subject);
	const { units } = shardSamples(context, subject, shard);
	const stored = new Map(
		resultsOfShard(database, arm.stored.id, shard).map((row) => [`${row.epoch}:${row.position}`, row] as const),
	);
	const total = 3 * units.length;
	const measure = (done: number, killAfter: Repeat['killAfter']) =>
		repeat(
			context,
			subject,
			{ arm, shard },
			{ control, killAfter, onRow: (rows) => control.progress(done + rows, total) },
		);
	const { fingerprints: first, ms } = await measure(0, null);
	await measure(units.length, { rows: Math.max(1, Math.floor(units.length / 2)), ms: ms / 2 });
	const { fingerprints: third } = await measure(2 * units.length, null);
	const wrong = units.findIndex((unit, index) => {
		const row = stored.get(`${unit.epoch}:${unit.position}`);
		// A row that failed for an external reason says nothing about what the model computes.
		if (row === undefined || row.status === 'failed') return false;
		const expected = storedFingerprint(row);
		return first[index] !== expected || third[index] !== expected;
	});
	if (wrong === -1) {
		const note = `Self-test: ${units.length} answers of ${String(arm.label)} were the same in fresh processes, even after an interruption`;
		// Once a difference was seen, a matching shard does not undo it.
		if (getRun(database, id).repeatable !== 'no') setRepeatable(database, id, 'yes', note);
		return;
	}
	const unit = units[wrong];
	const key = subject.samples[unit?.position ?? 0]?.key ?? '';
	setRepeatable(
		database,
		id,
		'no',
		`Self-test: sample ${key} of ${String(arm.label)} had a different answer in a fresh process`,
	);
}

interface Repeat {
	readonly control: JobControl;
	/**
	 * Limits after which to kill the process, whichever comes first: likelihoods arrive all together, at the end. null:
	 * never.
	 */
	readonly killAfter: { readonly rows: number; readonly ms: number } | null;
	onRow(rows: number): void;
}

/** Measures the shard in its own process. Returns fingerprints by unit, as far as it got, and the time that it took. */
async function repeat(
	context: EvaluationContext,
	subject: RunSubject,
	{ arm, shard }: Tested,
	{ control, killAfter, onRow }: Repeat,
): Promise<{ readonly fingerprints: readonly (string | undefined)[]; readonly ms: number }> {
	const { manifest } = subject;
	const { units, samples } = shardSamples(context, subject, shard);
	await waitForChatIdle(context, control.signal);
	if (fillsMemory(arm.model)) await context.library.unloadAll();
	const session = await context.openSession({
		model: arm.model.path,
		contextSize: arm.contextSize,
		width: manifest.width,
		independent: manifest.independent ?? false,
		threads: manifest.threads,
		...(arm.chatTemplate === undefined ? {} : { chatTemplate: arm.chatTemplate }),
		...(arm.adapters.length === 0 ? {} : { adapters: [...arm.adapters] }),
		signal: control.signal,
	});
	const fingerprints = new Array<string | undefined>(units.length).fill(undefined);
	let rows = 0;
	const kill = new AbortController();
	const began = performance.now();
	function killNow(): void {
		if (kill.signal.aborted) return;
		killProcess(session);
		kill.abort(new Error('killed midway'));
	}
	const timer = killAfter === null ? undefined : setTimeout(killNow, killAfter.ms);
	try {
		await measureShard(session, arm.asking, units, samples, {
			signal: AbortSignal.any([control.signal, kill.signal]),
			scoring: context.scoring,
			onOutcome(index: number, one: UnitOutcome) {
				fingerprints[index] = fingerprint({ ...one, detail: JSON.stringify(one.detail) });
				rows += 1;
				onRow(rows);
				if (killAfter !== null && rows >= killAfter.rows) killNow();
			},
		});
	} catch (error) {
		if (!kill.signal.aborted) throw error;
	} finally {
		clearTimeout(timer);
		await session.close();
	}
	return { fingerprints, ms: performance.now() - began };
}

/** Kills it without warning, as a crash would. */
function killProcess({ processId }: Session): void {
	try {
		process.kill(processId, 'SIGKILL');
	} catch {
		// It is already gone.
	}
}
