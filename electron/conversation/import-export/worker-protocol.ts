import { z } from 'zod';
import type { FailureFacts } from '../../../models/contract/failure.ts';
import { type ExportFormat, type ImportReport, importReportSchema } from '../../contract/import-export/schema.ts';
import type { ExportResult } from './export-conversations.ts';

/** Reads files from elsewhere, in a parser process. */
export interface ParserTask {
	readonly kind: 'preview' | 'import';
	readonly databasePath: string;
	readonly now: number;
	readonly paths: readonly string[];
	readonly every: boolean;
}

/** Writes a file, on a thread. */
export interface ExportTask {
	readonly kind: 'export';
	readonly databasePath: string;
	readonly now: number;
	readonly ids: readonly number[] | null;
	readonly format: ExportFormat;
	readonly folder: string;
}

export type WorkerTask = ParserTask | ExportTask;

/**
 * Before each write step the worker requests its turn and waits for `writeTurn`, so that pending writes of the
 * application come first, and later ones wait for one step at most.
 */
export const writeTurn = { type: 'turn' } as const;

/** A message while a task runs. */
export const workerMessageSchema = z.discriminatedUnion('type', [
	z.object({ type: z.literal('turn') }),
	z.object({ type: z.literal('progress'), done: z.number(), total: z.number() }),
]);

export type WorkerMessage = z.infer<typeof workerMessageSchema>;

/** How the task of the thread ends. */
export type LastMessage =
	| { readonly type: 'done'; readonly result: ExportResult }
	| { readonly type: 'failed'; readonly failure: FailureFacts };

/** Checks the result of a parser process. */
export function reportFrom(result: unknown): ImportReport {
	return importReportSchema.parse(result);
}

/**
 * Location of the worker's code: next to this file, as TypeScript in a checkout, or as `import-export-worker.js` in the
 * build. A host that keeps it elsewhere passes its own URL.
 */
export const defaultImportExportEntry = new URL(
	import.meta.url.endsWith('.ts') ? './import-export-worker.ts' : './import-export-worker.js',
	import.meta.url,
);
