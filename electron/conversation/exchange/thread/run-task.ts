import { Worker } from 'node:worker_threads';
import { Failure } from '../../../../models/contract/failure.ts';
import { type ExchangeMessage, type ExchangeResult, type ExchangeTask, flag, writeTurn } from './protocol.ts';

/** A task without what this file adds to it. */
export type TaskFacts = ExchangeTask extends infer Each
	? Each extends ExchangeTask
		? Omit<Each, 'flags'>
		: never
	: never;

export interface TaskControl {
	readonly signal: AbortSignal;
	readonly progress: (done: number, total: number) => void;
	/** Whether an answer is being written right now; asked again with every progress. */
	readonly answering: () => boolean;
}

/** How often the thread is told whether an answer is being written, ms. */
const lookMs = 50;

/**
 * Does a task on a thread of its own. Rejects with a Failure, or with anything after `signal`, when the thread has
 * undone what it did; where the thread itself dies, what it did is still there.
 */
export function runTask(
	entry: URL,
	facts: TaskFacts,
	{ signal, progress, answering }: TaskControl,
): Promise<ExchangeResult> {
	return new Promise((resolve, reject) => {
		const flags = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
		const worker = new Worker(entry, { workerData: { ...facts, flags } satisfies ExchangeTask });
		const look = setInterval(() => Atomics.store(flags, flag.answering, answering() ? 1 : 0), lookMs);
		const cancel = (): void => void Atomics.store(flags, flag.cancel, 1);
		signal.addEventListener('abort', cancel, { once: true });
		if (signal.aborted) cancel();
		function settle(end: () => void): void {
			clearInterval(look);
			signal.removeEventListener('abort', cancel);
			end();
		}
		worker.on('message', (message: ExchangeMessage) => {
			if (message.type === 'progress') progress(message.done, message.total);
			else if (message.type === 'turn') worker.postMessage(writeTurn);
			else if (message.type === 'done') settle(() => resolve(message.result));
			else settle(() => reject(new Failure(message.failure)));
		});
		worker.on('error', (error) => settle(() => reject(error)));
		worker.on('exit', (code) => settle(() => reject(new Error(`the exchange thread ended with code ${code}`))));
	});
}
