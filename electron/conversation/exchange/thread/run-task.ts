import { Worker } from 'node:worker_threads';
import { Failure } from '../../../../models/contract/failure.ts';
import { type WorkerMessage, type WorkerResult, type WorkerTask, workerFlag, writeTurn } from './protocol.ts';

/** A task without what this file adds to it. */
export type TaskInput = WorkerTask extends infer Each ? (Each extends WorkerTask ? Omit<Each, 'flags'> : never) : never;

export interface TaskControl {
	readonly signal: AbortSignal;
	readonly progress: (done: number, total: number) => void;
	/** Whether an answer is being written right now; asked again with every progress. */
	readonly answering: () => boolean;
}

/** How often the thread is told whether an answer is being written, ms. */
const answeringPollMs = 50;

/**
 * Does a task on a thread of its own. Rejects with a Failure, or with anything after `signal`, when the thread has
 * undone what it did; where the thread itself dies, what it did is still there.
 */
export function runInWorker(
	entry: URL,
	facts: TaskInput,
	{ signal, progress, answering }: TaskControl,
): Promise<WorkerResult> {
	return new Promise((resolve, reject) => {
		const flags = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
		const worker = new Worker(entry, { workerData: { ...facts, flags } satisfies WorkerTask });
		const look = setInterval(() => Atomics.store(flags, workerFlag.answering, answering() ? 1 : 0), answeringPollMs);
		const cancel = (): void => void Atomics.store(flags, workerFlag.cancel, 1);
		signal.addEventListener('abort', cancel, { once: true });
		if (signal.aborted) cancel();
		function settle(end: () => void): void {
			clearInterval(look);
			signal.removeEventListener('abort', cancel);
			end();
		}
		worker.on('message', (message: WorkerMessage) => {
			if (message.type === 'progress') progress(message.done, message.total);
			else if (message.type === 'turn') worker.postMessage(writeTurn);
			else if (message.type === 'done') settle(() => resolve(message.result));
			else settle(() => reject(new Failure(message.failure)));
		});
		worker.on('error', (error) => settle(() => reject(error)));
		worker.on('exit', (code) => settle(() => reject(new Error(`the exchange thread ended with code ${code}`))));
	});
}
