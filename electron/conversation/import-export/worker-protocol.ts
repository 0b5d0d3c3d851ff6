import type { FailureFacts } from '../../../models/contract/failure.ts';
import type { ExportFormat, ImportReport } from '../../contract/import-export/schema.ts';
import type { ExportResult } from './export-conversations.ts';

/** What the thread is started for. */
export type WorkerTask = {
	readonly databasePath: string;
	readonly now: number;
	/** What the application tells the thread while it works, see `flag`. */
	readonly flags: Int32Array;
} & (
	| { readonly kind: 'preview' | 'import'; readonly paths: readonly string[]; readonly every: boolean }
	| {
			readonly kind: 'export';
			readonly ids: readonly number[] | null;
			readonly format: ExportFormat;
			readonly folder: string;
	  }
);

/** Places in `flags`; 1 means yes. */
export const workerFlag = {
	/** Stop, and undo what was done. */
	cancel: 0,
	/** An answer is being written: it goes before this work. */
	answering: 1,
} as const;

/**
 * Before each stretch of writing the thread asks for its turn, and writes when `writeTurn` comes back: whatever the
 * application itself was about to write is written by then, and what comes after waits for one stretch at most.
 */
export const writeTurn = 'write';

export type WorkerMessage =
	| { readonly type: 'turn' }
	| { readonly type: 'progress'; readonly done: number; readonly total: number }
	| { readonly type: 'done'; readonly result: WorkerResult }
	| { readonly type: 'failed'; readonly failure: FailureFacts };

export type WorkerResult =
	| { readonly kind: 'preview' | 'import'; readonly report: ImportReport }
	| { readonly kind: 'export'; readonly exported: ExportResult };

/**
 * Where the thread's code lies: beside this file, as TypeScript in a checkout, or under the name that a build gives it
 * (`exchange-worker.js`). A host that puts it elsewhere passes its own address.
 */
export const defaultImportExportEntry = new URL(
	import.meta.url.endsWith('.ts') ? './import-export-worker.ts' : './exchange-worker.js',
	import.meta.url,
);
