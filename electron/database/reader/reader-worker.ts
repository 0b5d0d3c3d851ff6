import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import type { FileTaskAnswer, ReaderAnswer, ReaderRequest, ReaderTask } from './protocol.ts';

/** Entry of the reader thread: it answers queries, one after the other, or does one long task on a file. */
const task = workerData as ReaderTask;
const port = parentPort;
if (port === null) throw new Error('reader-worker.ts is a worker thread, not a program');

switch (task.kind) {
	case 'serve':
		serve(task.path, port);
		break;
	case 'check':
		port.postMessage({ verdict: faultsOf(task.path, true) } satisfies FileTaskAnswer);
		break;
	case 'verify':
		port.postMessage({ verdict: faultsOf(task.path, false) } satisfies FileTaskAnswer);
		break;
	case 'copy':
		port.postMessage(await copy(task.path, task.target));
		break;
}

function serve(path: string, to: MessagePort): void {
	const connection = new Database(path, { readonly: true, fileMustExist: true, timeout: 5_000 });
	connection.pragma('query_only = ON');
	const statements = new Map<string, Database.Statement>();
	to.on('message', ({ id, sql, parameters }: ReaderRequest) => {
		try {
			let statement = statements.get(sql);
			if (statement === undefined) {
				statement = connection.prepare(sql);
				statements.set(sql, statement);
			}
			to.postMessage({ id, rows: statement.all(parameters) } satisfies ReaderAnswer);
		} catch (error) {
			to.postMessage({ id, ...plainError(error) } satisfies ReaderAnswer);
		}
	});
}

function faultsOf(path: string, readonly: boolean): string {
	try {
		const connection = new Database(path, { readonly, fileMustExist: true });
		try {
			if (!readonly) connection.pragma('journal_mode = DELETE');
			const faults = connection.pragma('quick_check(3)') as { quick_check: string }[];
			return faults.map((fault) => fault.quick_check).join('; ');
		} finally {
			connection.close();
		}
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	}
}

/** In one step and so in one read transaction: what is written meanwhile neither waits nor starts the copy again. */
async function copy(path: string, target: string): Promise<FileTaskAnswer> {
	try {
		const source = new Database(path, { readonly: true, fileMustExist: true, timeout: 5_000 });
		try {
			await source.backup(target, { progress: () => 0x7fff_ffff });
		} finally {
			source.close();
		}
		return { verdict: faultsOf(target, false) };
	} catch (error) {
		return plainError(error);
	}
}

function plainError(error: unknown): { error: string; code: string | null } {
	if (!(error instanceof Error)) return { error: String(error), code: null };
	return { error: error.message, code: 'code' in error && typeof error.code === 'string' ? error.code : null };
}
