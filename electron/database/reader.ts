import { Worker } from 'node:worker_threads';
import { markIfDamaged } from './damage-mark.ts';
import { databaseFailure } from './database-failure.ts';
import type { FileTask, FileTaskAnswer, ReaderAnswer, ReaderRequest, ReaderTask } from './reader-protocol.ts';
import type { Parameters } from './sql.ts';

/**
 * Runs queries that may take more than a few milliseconds on a separate thread, with a connection that can't write.
 * Runs them one at a time, and skips a query that was aborted before its turn.
 */
export interface Reader {
	/** Rejects with a Failure for disk errors, and with the signal's reason after an abort. */
	all<Row>(sql: string, parameters?: Parameters, signal?: AbortSignal): Promise<readonly Row[]>;
	/** Ends the thread and rejects waiting queries. */
	close(): Promise<void>;
}

type Waiting = {
	readonly request: ReaderRequest;
	readonly resolve: (rows: readonly unknown[]) => void;
	readonly reject: (error: unknown) => void;
};

/** The thread starts with the first query, and again with the next query after it died. */
export function createReader(path: string, entry: URL): Reader {
	const queue: Waiting[] = [];
	let current: Waiting | null = null;
	let worker: Worker | null = null;
	let nextId = 1;
	let closed = false;

	function start(): Worker {
		const started = new Worker(entry, { workerData: { kind: 'serve', path } satisfies ReaderTask });
		started.unref();
		started.on('message', (answer: ReaderAnswer) => settle(answer));
		started.on('error', (error) => fail(started, error));
		started.on('exit', (code) => fail(started, new Error(`the reader thread ended with code ${code}`)));
		return started;
	}

	function settle(answer: ReaderAnswer): void {
		if (current?.request.id !== answer.id) return;
		const { resolve, reject } = current;
		current = null;
		if ('rows' in answer) {
			resolve(answer.rows);
		} else {
			const error = Object.assign(new Error(answer.error), { code: answer.code });
			markIfDamaged(path, error);
			reject(databaseFailure(error, path));
		}
		pump();
	}

	function fail(from: Worker, error: Error): void {
		if (worker !== from) return;
		worker = null;
		const victim = current;
		current = null;
		victim?.reject(databaseFailure(error, path));
		pump();
	}

	function pump(): void {
		if (closed || current !== null) return;
		const next = queue.shift();
		if (next === undefined) {
			worker?.unref();
			return;
		}
		current = next;
		worker ??= start();
		// Keeps the process alive only while a caller waits for a query.
		worker.ref();
		worker.postMessage(next.request);
	}

	return {
		all<Row>(sql: string, parameters: Parameters = {}, signal?: AbortSignal) {
			return new Promise<readonly Row[]>((resolve, reject) => {
				if (closed) throw new Error('the reader is closed');
				signal?.throwIfAborted();
				const waiting: Waiting = {
					request: { id: nextId, sql, parameters },
					resolve: (rows) => {
						signal?.removeEventListener('abort', giveUp);
						resolve(rows as readonly Row[]);
					},
					reject: (error) => {
						signal?.removeEventListener('abort', giveUp);
						reject(error);
					},
				};
				nextId += 1;
				function giveUp(): void {
					const index = queue.indexOf(waiting);
					if (index !== -1) queue.splice(index, 1);
					reject(signal?.reason);
				}
				signal?.addEventListener('abort', giveUp, { once: true });
				queue.push(waiting);
				pump();
			});
		},
		async close() {
			closed = true;
			const ending = worker;
			worker = null;
			for (const { reject } of [...(current === null ? [] : [current]), ...queue.splice(0)]) {
				reject(new Error('the reader was closed'));
			}
			current = null;
			await ending?.terminate();
		},
	};
}

/**
 * Runs one long task on a database file on a separate thread. Resolves to 'ok' or to what is wrong with the file;
 * rejects with a Failure for disk errors.
 */
export function runFileTask(task: FileTask, entry: URL): Promise<string> {
	return new Promise((resolve, reject) => {
		const worker = new Worker(entry, { workerData: task satisfies ReaderTask });
		// A check is not urgent; a process with nothing else to do need not wait for it.
		if (task.kind === 'check') worker.unref();
		worker.on('message', (answer: FileTaskAnswer) => {
			if ('verdict' in answer) return resolve(answer.verdict);
			reject(databaseFailure(Object.assign(new Error(answer.error), { code: answer.code }), task.path));
		});
		worker.on('error', reject);
		worker.on('exit', (code) =>
			reject(new Error(`the thread that was to ${task.kind} a file ended with code ${code}`)),
		);
	});
}
