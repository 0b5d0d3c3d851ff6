import type { FailureFacts } from '../../../models/contract/failure.ts';
import type { ExportFormat, ImportReport } from '../../contract/import-export/schema.ts';
import type { ExportResult } from './export-conversations.ts';

/** Task that the worker is started with. */
export type WorkerTask = {
	readonly databasePath: string;
	readonly now: number;
	/** Signals from the application to the running worker, see `flag`. */
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

/** Indices in `flags`; 1 means yes. */
export const workerFlag = {
	/** Stop and undo all changes. */
	cancel: 0,
	/** An answer is being generated: it takes precedence over this work. */
	answering: 1,
} as const;

/**
 * Before each write step the worker requests its turn and waits for `writeTurn`, so that pending writes of the
 * application come first, and later ones wait for one step at most.
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
 * Location of the worker's code: next to this file, as TypeScript in a checkout, or as `import-export-worker.js` in the
 * build. A host that keeps it elsewhere passes its own URL.
 */
export const defaultImportExportEntry = new URL(
	import.meta.url.endsWith('.ts') ? './import-export-worker.ts' : './import-export-worker.js',
	import.meta.url,
);
