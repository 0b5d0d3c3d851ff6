import { Worker } from 'node:worker_threads';
import { Failure } from '../../../models/contract/failure.ts';
import { type FromThread, flag, type Results, type Task, type TaskFacts, type ToThread } from './protocol.ts';

export interface TaskControl {
	readonly signal: AbortSignal;
	readonly progress: (done: number, total: number | null) => void;
	/** Whether an answer is being written right now. */
	readonly answering: () => boolean;
	/** Counts tokens; null: it can't be done. */
	readonly count: (texts: readonly string[]) => Promise<readonly number[] | null>;
}

/** How often the thread is told whether an answer is being written, ms. */
const lookMs = 50;

/** Does a task on a thread of its own. Rejects with a Failure, or with anything after `signal`. */
export function runTask<Kind extends TaskFacts['kind']>(
	entry: URL,
	facts: Extract<TaskFacts, { kind: Kind }>,
	{ signal, progress, answering, count }: TaskControl,
): Promise<Results[Kind]> {
	return new Promise((resolve, reject) => {
		const flags = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
		const worker = new Worker(entry, { workerData: { ...facts, flags } as Task });
		const say = (message: ToThread): void => worker.postMessage(message);
		const look = setInterval(() => Atomics.store(flags, flag.answering, answering() ? 1 : 0), lookMs);
		const cancel = (): void => void Atomics.store(flags, flag.cancel, 1);
		signal.addEventListener('abort', cancel, { once: true });
		if (signal.aborted) cancel();
		function settle(end: () => void): void {
			clearInterval(look);
			signal.removeEventListener('abort', cancel);
			end();
		}
		worker.on('message', (message: FromThread) => {
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
		worker.on('error', (error) => settle(() => reject(error)));
		worker.on('exit', (code) => settle(() => reject(new Error(`the dataset thread ended with code ${code}`))));
	});
}
