import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { serveTasks } from '../parsing/worker-port.ts';
import { addTextFunctions } from './excerpt.ts';
import { doFileTask } from './file-tasks.ts';
import type { FileTask, FileTaskAnswer, ReaderAnswer, ReaderRequest, ReaderTask } from './reader-protocol.ts';

/**
 * Entry of the reader thread: it answers queries one at a time, or runs one long task on a file. As a parser process, it
 * runs tasks on files from elsewhere.
 */
if (parentPort === null) await serveTasks<FileTask>(({ task }) => answerOf(task));
else await startThread(workerData as ReaderTask, parentPort);

async function startThread(task: ReaderTask, port: MessagePort): Promise<void> {
	if (task.kind === 'serve') serve(task.path, port);
	else port.postMessage(await answerOf(task));
}

async function answerOf(fileTask: FileTask): Promise<FileTaskAnswer> {
	try {
		return await doFileTask(fileTask);
	} catch (error) {
		return plainError(error);
	}
}

function serve(path: string, to: MessagePort): void {
	const connection = new Database(path, { readonly: true, fileMustExist: true, timeout: 5_000 });
	connection.pragma('query_only = ON');
	addTextFunctions(connection);
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

function plainError(error: unknown): { error: string; code: string | null } {
	if (!(error instanceof Error)) return { error: String(error), code: null };
	return { error: error.message, code: 'code' in error && typeof error.code === 'string' ? error.code : null };
}
