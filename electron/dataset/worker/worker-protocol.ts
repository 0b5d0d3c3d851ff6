import type { FailureFacts } from '../../../models/contract/failure.ts';
import type {
	CheckInput,
	DatasetExportFormat,
	ImportPreview,
	Mapping,
	SampleFilter,
	TableOptions,
} from '../../contract/dataset/schema.ts';
import type { Tail } from '../change/apply-change.ts';
import type { ChangeOutcome, ChangeRequest } from '../change/change-samples.ts';
import type { CheckResult } from '../check/run-check.ts';
import type { ExportResult } from '../export-dataset.ts';
import type { ImportResult, ImportTask } from '../import/run-import.ts';

/**
 * A task for a worker; it runs one at a time. A preview and an import read files from elsewhere, in a parser process; the
 * other tasks run on a thread.
 */
export type TaskInput = { readonly databasePath: string; readonly now: number } & (
	| {
			readonly kind: 'preview';
			readonly paths: readonly string[];
			readonly every: boolean;
			readonly name: string | null;
			readonly mapping: Mapping | null;
			readonly table: TableOptions | null;
	  }
	| ({ readonly kind: 'import' } & ImportTask)
	| {
			readonly kind: 'export';
			readonly versionId: number;
			readonly filter: SampleFilter;
			readonly format: DatasetExportFormat;
			readonly folder: string;
	  }
	| { readonly kind: 'check'; readonly input: CheckInput; readonly modelName: string | null }
	| { readonly kind: 'change'; readonly order: ChangeRequest }
	| { readonly kind: 'draft'; readonly fromId: number; readonly intoId: number | null }
	| { readonly kind: 'undo'; readonly undoId: string; readonly versionId: number; readonly tail: Tail | null }
	| { readonly kind: 'freeze'; readonly versionId: number; readonly note: string }
	/** `total`: number of samples to delete, if progress is shown. */
	| {
			readonly kind: 'clean-up';
			readonly atStart: boolean;
			readonly versions: readonly number[];
			readonly total: number | null;
	  }
);

/** Result of each kind of task. */
export interface Results {
	readonly preview: ImportPreview;
	readonly import: ImportResult;
	readonly export: ExportResult;
	readonly check: CheckResult;
	readonly change: ChangeOutcome;
	/** Id of the draft. */
	readonly draft: number;
	readonly undo: null;
	readonly freeze: null;
	readonly 'clean-up': null;
}

export type FromWorker =
	| { readonly type: 'turn' }
	| { readonly type: 'count'; readonly texts: readonly string[] }
	| { readonly type: 'progress'; readonly done: number; readonly total: number | null };

/** How a task ends. */
export type LastFromWorker =
	| { readonly type: 'done'; readonly result: Results[keyof Results] }
	| { readonly type: 'failed'; readonly failure: FailureFacts };

/** The answers to 'turn' and to 'count'; `counts` null: counting was impossible. */
export type Answer =
	| { readonly type: 'turn' }
	| { readonly type: 'counted'; readonly counts: readonly number[] | null };

/**
 * Location of the worker's code: next to this file, as TypeScript in a checkout, or under its name in the build
 * (`dataset-worker.js`). A host that puts it elsewhere passes its own URL.
 */
export const defaultDatasetEntry = new URL(
	import.meta.url.endsWith('.ts') ? './dataset-worker.ts' : './dataset-worker.js',
	import.meta.url,
);
