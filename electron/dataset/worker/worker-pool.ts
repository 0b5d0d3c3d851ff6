import { Worker } from 'node:worker_threads';
import { Failure } from '../../../models/contract/failure.ts';
import { figure, said } from '../../../models/contract/said.ts';
import { errorCodeOf } from '../../../models/error-code.ts';
import { type ToWorker, workerFlag } from '../../parsing/worker-port.ts';
import type { Answer, FromWorker, LastFromWorker, Results, TaskInput } from './worker-protocol.ts';

export interface TaskControl {
	readonly signal: AbortSignal;
	readonly progress: (done: number, total: number | null) => void;
	/** Returns true while an answer is being generated. */
	readonly answering: () => boolean;
	/** Counts tokens; null: not possible. */
	readonly count: (texts: readonly string[]) => Promise<readonly number[] | null>;
}

/** Threads that run tasks, each one task at a time. */
export interface WorkerPool {
	/** Rejects with a Failure, or with any error after `signal`. */
	run<Kind extends TaskInput['kind']>(
		facts: Extract<TaskInput, { kind: Kind }>,
		control: TaskControl,
	): Promise<Results[Kind]>;
	close(): Promise<void>;
}

/** Interval at which a worker learns whether an answer is being generated, ms. */
const answeringPollMs = 50;

/**
 * `keptMb`: JavaScript memory limit of a worker; some files need a hundred times their size to be parsed, and without a
 * limit the whole application would crash. `patienceMs`: a cancelled worker stops by itself within milliseconds; one
 * that does not is terminated after this time.
 */
const defaultLimits = { keptMb: 1_024, patienceMs: 3_000 };

type Limits = typeof defaultLimits;

/** Time an idle worker waits for the next task: starting one takes longer than most tasks, ms. */
const idleMs = 15_000;

export function createWorkerPool(entry: URL, limits: Limits = defaultLimits): WorkerPool {
	/** At most one. */
	let idle: { readonly worker: Worker; readonly timer: NodeJS.Timeout } | null = null;
	const all = new Set<Worker>();

	function take(): Worker {
		if (idle === null) {
			const worker = new Worker(entry, { resourceLimits: { maxOldGenerationSizeMb: limits.keptMb } });
			all.add(worker);
			worker.on('exit', () => {
				all.delete(worker);
				if (idle?.worker === worker) idle = null;
			});
			return worker;
		}
		const { worker, timer } = idle;
		clearTimeout(timer);
		idle = null;
		worker.ref();
		return worker;
	}

	function putBack(worker: Worker): void {
		worker.removeAllListeners('message');
		worker.removeAllListeners('error');
		if (!all.has(worker)) return;
		if (idle !== null) return void worker.terminate();
		// An idle worker must not keep the process alive.
		worker.unref();
		const timer = setTimeout(() => {
			// It ends a moment later; a task that comes before that must not get it.
			idle = null;
			void worker.terminate();
		}, idleMs);
		timer.unref();
		idle = { worker, timer };
	}

	return {
		run(facts, control) {
			const worker = take();
			return perform(worker, facts, control, limits).finally(() => putBack(worker));
		},
		async close() {
			if (idle !== null) clearTimeout(idle.timer);
			idle = null;
			await Promise.all([...all].map((worker) => worker.terminate()));
		},
	};
}

function perform<Kind extends TaskInput['kind']>(
	worker: Worker,
	facts: Extract<TaskInput, { kind: Kind }>,
	{ signal, progress, answering, count }: TaskControl,
	{ keptMb, patienceMs }: Limits,
): Promise<Results[Kind]> {
	return new Promise((resolve, reject) => {
		const flags = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
		const say = (message: ToWorker | Answer): void => worker.postMessage(message);
		const poll = setInterval(() => Atomics.store(flags, workerFlag.answering, answering() ? 1 : 0), answeringPollMs);
		let ending: NodeJS.Timeout | undefined;
		function cancel(): void {
			Atomics.store(flags, workerFlag.cancel, 1);
			// Its output is hidden and will be deleted. An undo or a clean-up runs to its end.
			if (facts.kind === 'undo' || facts.kind === 'clean-up') return;
			ending = setTimeout(() => void worker.terminate(), patienceMs);
		}
		signal.addEventListener('abort', cancel, { once: true });
		if (signal.aborted) cancel();
		function settle(end: () => void): void {
			clearInterval(poll);
			clearTimeout(ending);
			signal.removeEventListener('abort', cancel);
			worker.off('exit', died);
			end();
		}
		function died(code: number): void {
			settle(() => reject(new Error(`the dataset worker ended with code ${code}`)));
		}
		worker.on('message', (message: FromWorker | LastFromWorker) => {
			switch (message.type) {
				case 'progress':
					return progress(message.done, message.total);
				case 'turn':
					return say({ type: 'turn' });
				case 'count':
					count(message.texts).then(
						(counts) => say({ type: 'counted', counts }),
						() => say({ type: 'counted', counts: null }),
					);
					return;
				case 'done':
					return settle(() => resolve(message.result as Results[Kind]));
				case 'failed':
					return settle(() => reject(new Failure(message.failure)));
			}
		});
		worker.on('error', (error) => settle(() => reject(outOfMemory(error, keptMb) ?? error)));
		worker.on('exit', died);
		say({ type: 'task', task: { ...facts, flags } });
	});
}

function outOfMemory(error: unknown, keptMb: number): Failure | null {
	if (errorCodeOf(error) !== 'ERR_WORKER_OUT_OF_MEMORY') return null;
	return new Failure(
		{
			code: 'dataset-needs-memory',
			message: said`It needs more than ${figure(keptMb)} MB of memory. Nothing was changed.`,
			next: [said`Import it as JSON Lines or CSV, or in parts`],
		},
		{ cause: error },
	);
}
