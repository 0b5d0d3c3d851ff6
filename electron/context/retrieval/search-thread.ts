import { Worker } from 'node:worker_threads';
import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import {
	defaultSearchEntry,
	type SearchAnswer,
	type SearchReply,
	type SearchRequest,
	type SearchTask,
	type SearchThreadData,
} from './search-protocol.ts';

/** Searches by words on one thread and by vectors on another, so that nothing waits for them, nor one for the other. */
export interface SearchThread {
	/** Rejects with a Failure for disk errors, and with the signal's reason after an abort. */
	run<Task extends SearchTask>(
		task: Task,
		signal?: AbortSignal,
	): Promise<{ readonly answer: SearchAnswer<Task>; readonly ms: number }>;
	/** Frees the memory of collections that are gone. */
	forget(collectionIds: readonly number[]): void;
	/** Ends the threads; the next search starts new ones. Call it after the database was replaced. */
	reset(): void;
	close(): Promise<void>;
}

/** The threads start with their first search, and again with the next one after they died. */
export function createSearchThread(path: string, entry: URL = defaultSearchEntry): SearchThread {
	const [words, vectors] = [createLane(path, entry), createLane(path, entry)];
	return {
		run: (task, signal) => (task.kind === 'words' ? words : vectors).run(task, signal),
		forget(collectionIds) {
			if (collectionIds.length > 0) vectors.notify({ kind: 'forget', collectionIds });
		},
		reset() {
			for (const lane of [words, vectors]) lane.reset();
		},
		async close() {
			await Promise.all([words.close(), vectors.close()]);
		},
	};
}

interface Waiting {
	readonly resolve: (result: { answer: SearchAnswer; ms: number }) => void;
	readonly reject: (error: unknown) => void;
}

/** One thread and the tasks that wait for it. */
interface Lane extends Pick<SearchThread, 'run' | 'reset' | 'close'> {
	/** Ignored before the thread has started. */
	notify(task: SearchTask): void;
}

function createLane(path: string, entry: URL): Lane {
	const waiting = new Map<number, Waiting>();
	let worker: Worker | null = null;
	let nextId = 1;
	let closed = false;

	function start(): Worker {
		const started = new Worker(entry, { workerData: { path } satisfies SearchThreadData });
		started.unref();
		started.on('message', (reply: SearchReply) => {
			const one = waiting.get(reply.id);
			waiting.delete(reply.id);
			if (waiting.size === 0) started.unref();
			if ('failure' in reply) one?.reject(new Failure(reply.failure));
			else one?.resolve({ answer: reply.answer, ms: reply.ms });
		});
		started.on('error', (error) => ended(started, error));
		started.on('exit', (code) => ended(started, new Error(`the search thread ended with code ${code}`)));
		return started;
	}

	function ended(from: Worker, cause: Error): void {
		if (worker !== from) return;
		worker = null;
		const failure = new Failure(
			{
				code: 'search-ended',
				message: said`The search stopped before it had finished.`,
				next: [said`Search again`],
				detail: cause.message,
			},
			{ cause },
		);
		for (const { reject } of waiting.values()) reject(failure);
		waiting.clear();
	}

	return {
		run<Task extends SearchTask>(task: Task, signal?: AbortSignal) {
			return new Promise<{ answer: SearchAnswer<Task>; ms: number }>((resolve, reject) => {
				if (closed) throw new Error('the search thread is closed');
				signal?.throwIfAborted();
				const id = nextId;
				nextId += 1;
				const giveUp = (): void => {
					waiting.delete(id);
					reject(signal?.reason);
				};
				signal?.addEventListener('abort', giveUp, { once: true });
				waiting.set(id, {
					resolve(result) {
						signal?.removeEventListener('abort', giveUp);
						resolve(result as { answer: SearchAnswer<Task>; ms: number });
					},
					reject(error) {
						signal?.removeEventListener('abort', giveUp);
						reject(error);
					},
				});
				worker ??= start();
				// Keeps the process alive only while a caller waits for an answer.
				worker.ref();
				worker.postMessage({ id, task } satisfies SearchRequest);
			});
		},
		notify(task) {
			worker?.postMessage({ id: 0, task } satisfies SearchRequest);
		},
		reset() {
			const ending = worker;
			if (ending === null) return;
			ended(ending, new Error('other data took the place of these'));
			void ending.terminate();
		},
		async close() {
			closed = true;
			const ending = worker;
			if (ending === null) return;
			ended(ending, new Error('the application ends'));
			await ending.terminate();
		},
	};
}
