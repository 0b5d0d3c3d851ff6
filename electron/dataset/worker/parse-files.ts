import { z } from 'zod';
import { Failure } from '../../../models/contract/failure.ts';
import { figure, said } from '../../../models/contract/said.ts';
import { createParserPool } from '../../parsing/parser-pool.ts';
import type { ParserProgram } from '../../parsing/parser-process.ts';
import { type ParserLimits, ParserStopped } from '../../parsing/parser-stopped.ts';
import type { TaskControl } from './worker-pool.ts';
import type { Answer, FromWorker, Results, TaskInput } from './worker-protocol.ts';

/**
 * Some files need a hundred times their size to be parsed. While one is read, progress is reported many times a second;
 * a slow disk may hold up a commit. A preview shows the beginning of a file only.
 */
const defaultLimits: ParserLimits = { memoryMb: 1_024, silenceMs: 60_000, outputBytes: 32 * 1024 * 1024 };

/** A task that reads files from elsewhere. */
export type FileTask = Extract<TaskInput, { kind: 'preview' | 'import' }>;

/** Parser processes that preview and import dataset files. */
export interface DatasetParsers {
	/** Rejects with a Failure, or with any error after the signal. */
	run(facts: FileTask, control: Omit<TaskControl, 'count'>): Promise<Results[FileTask['kind']]>;
	close(): Promise<void>;
}

const messageSchema = z.discriminatedUnion('type', [
	z.object({ type: z.literal('turn') }),
	z.object({ type: z.literal('progress'), done: z.number(), total: z.number().nullable() }),
]) satisfies z.ZodType<Exclude<FromWorker, { type: 'count' }>>;

/** Creates the parser processes; none is started before the first file. */
export function createDatasetParsers(program: ParserProgram, limits: Partial<ParserLimits> = {}): DatasetParsers {
	const pool = createParserPool(program, { ...defaultLimits, ...limits });
	return {
		async run(facts, { signal, progress, answering }) {
			try {
				const result = await pool.run(facts, {
					signal,
					answering,
					// An import that is past its commit counts; before it, nothing of it is visible.
					stopsItself: facts.kind === 'import',
					onMessage(message, reply) {
						const parsed = messageSchema.parse(message);
						if (parsed.type === 'turn') reply({ type: 'turn' } satisfies Answer);
						else progress(parsed.done, parsed.total);
					},
				});
				return result as Results[FileTask['kind']];
			} catch (error) {
				throw error instanceof ParserStopped ? stoppedFailure(error, { ...defaultLimits, ...limits }) : error;
			}
		},
		close: () => pool.close(),
	};
}

function stoppedFailure(stopped: ParserStopped, { memoryMb }: ParserLimits): Failure {
	const next = [said`Import it as JSON Lines or CSV, or in parts`];
	if (stopped.reason !== 'memory')
		return stopped.failure({ what: said`the dataset`, subject: said`The dataset` }, next);
	return new Failure(
		{
			code: 'dataset-needs-memory',
			message: said`It needs more than ${figure(memoryMb)} MB of memory. Nothing was changed.`,
			next,
		},
		{ cause: stopped },
	);
}
