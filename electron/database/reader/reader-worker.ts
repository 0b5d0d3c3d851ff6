import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import type { ReaderAnswer, ReaderRequest, ReaderTask } from './protocol.ts';

/** Entry of the reader thread. It opens the file for reading and answers one query after the other. */
const task = workerData as ReaderTask;
const port = parentPort;
if (port === null) throw new Error('reader-worker.ts is a worker thread, not a program');

if (task.kind === 'verify') {
	port.postMessage(verify(task.path));
} else {
	const connection = new Database(task.path, { readonly: true, fileMustExist: true, timeout: 5_000 });
	connection.pragma('query_only = ON');
	const statements = new Map<string, Database.Statement>();
	port.on('message', ({ id, sql, parameters }: ReaderRequest) => {
		try {
			let statement = statements.get(sql);
			if (statement === undefined) {
				statement = connection.prepare(sql);
				statements.set(sql, statement);
			}
			port.postMessage({ id, rows: statement.all(parameters) } satisfies ReaderAnswer);
		} catch (error) {
			port.postMessage({ id, ...plainError(error) } satisfies ReaderAnswer);
		}
	});
}

/** Checks a copy and turns it into a single file that needs no log beside it. Returns 'ok' or what is wrong. */
function verify(path: string): string {
	try {
		const connection = new Database(path, { fileMustExist: true });
		try {
			connection.pragma('journal_mode = DELETE');
			const faults = connection.pragma('quick_check(3)') as { quick_check: string }[];
			return faults.map((fault) => fault.quick_check).join('; ');
		} finally {
			connection.close();
		}
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	}
}

function plainError(error: unknown): { error: string; code: string | null } {
	if (!(error instanceof Error)) return { error: String(error), code: null };
	return { error: error.message, code: 'code' in error && typeof error.code === 'string' ? error.code : null };
}
