import { statSync } from 'node:fs';
import { z } from 'zod';
import { said } from '../../models/contract/said.ts';
import { createParserPool, type ParserPool } from '../parsing/parser-pool.ts';
import type { ParserProgram } from '../parsing/parser-process.ts';
import { type ParserLimits, ParserStopped } from '../parsing/parser-stopped.ts';
import { databaseFailure } from './database-failure.ts';
import type { FileTask, FileTaskAnswer, FileTaskResult } from './reader-protocol.ts';

/**
 * SQLite needs little memory, whatever a file holds. Its time depends on the size: a check takes 6 ms per MB, and a
 * copy waits for the disk. A view in place of a table can take forever.
 */
function limitsFor(sizeBytes: number): ParserLimits {
	return { memoryMb: 512, silenceMs: 120_000 + (sizeBytes / 1e6) * 100, outputBytes: 1_000_000 };
}

const answerSchema = z.union([
	z.object({
		verdict: z.string(),
		contents: z
			.object({ schema: z.int(), conversations: z.int(), messages: z.int(), newestAt: z.int().nullable() })
			.optional(),
	}),
	z.object({ error: z.string(), code: z.string().nullable() }),
]);

/** Creates the process that reads one database file from elsewhere, and copies of it. */
export function createForeignFilePool(path: string, program: ParserProgram): ParserPool {
	return createParserPool(program, limitsFor(statSync(path, { throwIfNoEntry: false })?.size ?? 0));
}

/**
 * Runs one task on a database file from elsewhere, in a parser process. Rejects with a Failure for disk errors, and with
 * `file-needs-memory`, `file-takes-too-long`, `file-yields-too-much` or `parser-died` if the file is more than a backup
 * can be. These name `shown`: the file that the user chose, if the task is on a copy of it.
 */
export async function runForeignFileTask(task: FileTask, pool: ParserPool, shown = task.path): Promise<FileTaskResult> {
	let answer: FileTaskAnswer;
	try {
		answer = answerSchema.parse(await pool.run(task)) as FileTaskAnswer;
	} catch (error) {
		if (!(error instanceof ParserStopped)) throw error;
		throw error.failure({ what: said`the backup ${shown}`, subject: said`The backup ${shown}` }, [
			said`Choose another backup`,
		]);
	}
	if ('verdict' in answer) return answer;
	throw databaseFailure(Object.assign(new Error(answer.error), { code: answer.code }), task.path);
}
