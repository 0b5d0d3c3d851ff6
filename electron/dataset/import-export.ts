import { Readable } from 'node:stream';
import { Failure } from '../../models/contract/failure.ts';
import { type Said, said } from '../../models/contract/said.ts';
import type {
	DatasetExportFormat,
	DatasetImportReport,
	ExportedDataset,
	ImportOptions,
	ImportPreview,
	Mapping,
	SampleFilter,
	TableOptions,
} from '../contract/dataset/schema.ts';
import type { Job } from '../contract/jobs/schema.ts';
import { shortName } from '../conversation/import-export/staging.ts';
import type { JobControl } from '../jobs/jobs.ts';
import type { DatasetContext } from './context.ts';
import type { SampleEditor } from './edit-samples.ts';
import type { ExportResult } from './export-dataset.ts';
import { assertNameFree, getDataset, getLiveDataset } from './store/datasets.ts';
import { getVersion, publicVersion } from './store/versions.ts';
import type { TaskRunner } from './task-runner.ts';

/** Imports and exports of datasets, run as jobs. */
export interface DatasetImportExport {
	preview(from: { paths: readonly string[] } | { uploadId: string } | { text: string; name: string }): Promise<Job>;
	/** Throws Failure `result-unknown`. */
	previewed(jobId: string): ImportPreview;
	reread(jobId: string, mapping: Mapping | null, table: TableOptions | null): Promise<ImportPreview>;
	/** Throws Failure `preview-unknown`, `dataset-name-taken`, `dataset-busy`. */
	start(previewId: string, options: ImportOptions): Job;
	report(jobId: string): DatasetImportReport;
	discard(previewId: string): Promise<void>;
	export(versionId: number, filter: SampleFilter, format: DatasetExportFormat): Job;
	exported(jobId: string): ExportedDataset;
}

interface Preview {
	readonly paths: readonly string[];
	readonly uploadId: string | null;
	readonly title: string;
	/** A name for the dataset, if the paths provide none. */
	readonly name: string | null;
	found: ImportPreview | null;
	/** The requested columns; null: each file is read by its detected format. */
	mapping: Mapping | null;
	table: TableOptions | null;
}

/** Most results to remember. */
const rememberedResults = 50;

export function createDatasetImportExport(
	context: DatasetContext,
	tasks: TaskRunner,
	edit: SampleEditor,
): DatasetImportExport {
	const { database, jobs, staging } = context;
	const previews = new Map<string, Preview>();
	const reports = new Map<string, DatasetImportReport>();
	const files = new Map<string, ExportResult & { readonly path: string }>();

	async function drop(previewId: string): Promise<void> {
		const preview = previews.get(previewId);
		previews.delete(previewId);
		if (preview?.uploadId != null) await staging.removeUpload(preview.uploadId);
	}

	/** Runs a task that reads an upload, if it is one. Throws Failure `upload-unknown` if that is gone. */
	async function holding<T>(uploadId: string | null, work: () => Promise<T>): Promise<T> {
		if (uploadId === null) return work();
		staging.upload(uploadId);
		return staging.hold(uploadId, work);
	}

	function readPreview(preview: Preview, mapping: Mapping | null, control: JobControl): Promise<ImportPreview> {
		const { paths, name, table, uploadId } = preview;
		const facts = { paths, every: uploadId !== null, name, mapping, table };
		return holding(uploadId, () => tasks.onWorker<'preview'>({ kind: 'preview', ...facts }, control));
	}

	async function stage(
		from: Parameters<DatasetImportExport['preview']>[0],
	): Promise<Omit<Preview, 'found' | 'mapping' | 'table'>> {
		if ('paths' in from) return { paths: from.paths, uploadId: null, title: titleOf(from.paths), name: null };
		const uploadId = 'uploadId' in from ? from.uploadId : staging.newUpload();
		if ('text' in from) {
			const text = Buffer.from(from.text);
			await staging.receive(uploadId, pastedName(from.text), Readable.from([text]), text.length);
		}
		const { folder, names } = staging.upload(uploadId);
		const [first = ''] = names;
		const only = names.length === 1 ? shortName(first).replace(/\.[a-z]+$/i, '') : null;
		return { paths: [folder], uploadId, title: titleOf(names), name: 'text' in from ? from.name : only };
	}

	async function bringIn(preview: Preview, options: ImportOptions, control: JobControl): Promise<DatasetImportReport> {
		const { into } = options;
		const mapping = options.mapping ?? preview.mapping;
		const filled = {
			...options,
			mapping,
			table: options.table ?? preview.table,
			split: options.split ?? preview.found?.split,
		};
		try {
			const result = await tasks.exclusively(into.kind === 'new' ? null : into.datasetId, () =>
				holding(preview.uploadId, () =>
					tasks.onWorker<'import'>(
						{ kind: 'import', paths: preview.paths, every: preview.uploadId !== null, options: filled },
						control,
					),
				),
			);
			const { datasetId, versionId, appendedFrom, ...counts } = result;
			const undoId = appendedFrom === null || counts.added === 0 ? null : edit.keepTail(versionId, appendedFrom);
			return {
				...counts,
				problems: [...counts.problems],
				dataset: getDataset(database, datasetId),
				version: publicVersion(getVersion(database, versionId)),
				undoId,
			};
		} finally {
			await tasks.cleanUp();
			tasks.publishChange(null);
		}
	}

	return {
		async preview(from) {
			const preview: Preview = { ...(await stage(from)), found: null, mapping: null, table: null };
			const job = jobs.start({
				kind: 'dataset-preview',
				title: preview.title,
				unit: 'bytes',
				lane: 'dataset-read',
				async work(control) {
					try {
						preview.found = await readPreview(preview, null, control);
					} catch (error) {
						// It may be readable with other table options: `reread`.
						if (!(error instanceof Failure && error.code === 'table-unreadable')) await drop(job.id);
						throw error;
					}
				},
			});
			previews.set(job.id, preview);
			return job;
		},
		previewed(jobId) {
			const found = previews.get(jobId)?.found;
			if (found == null)
				throw unknown(
					'result-unknown',
					said`The preview of this import has expired: Assay restarted, or newer ones replaced it.`,
				);
			return found;
		},
		async reread(jobId, mapping, table) {
			const preview = previews.get(jobId);
			if (preview === undefined)
				throw unknown(
					'preview-unknown',
					said`The preview of this import has expired: Assay restarted, or newer ones replaced it.`,
				);
			preview.table = table ?? preview.table;
			preview.mapping = mapping;
			// Other cells mean other columns: the old mapping no longer applies.
			const control = { signal: new AbortController().signal, progress: () => {}, stage: () => {} };
			preview.found = await readPreview(preview, mapping, control);
			return preview.found;
		},
		start(previewId, options) {
			const preview = previews.get(previewId);
			if (preview?.found == null)
				throw unknown(
					'preview-unknown',
					said`The preview of this import has expired: Assay restarted, or newer ones replaced it.`,
				);
			if (options.into.kind === 'new') assertNameFree(database, options.into.name);
			else {
				getLiveDataset(database, options.into.datasetId);
				tasks.assertFree(options.into.datasetId);
			}
			const job = jobs.start({
				kind: 'dataset-import',
				title: preview.title,
				unit: 'bytes',
				lane: 'dataset',
				async work(control) {
					remember(reports, job.id, await bringIn(preview, options, control));
					await drop(previewId);
				},
			});
			return job;
		},
		report(jobId) {
			const found = reports.get(jobId);
			if (found === undefined)
				throw unknown(
					'result-unknown',
					said`The report of this import has expired: Assay restarted, or newer ones replaced it.`,
				);
			return found;
		},
		discard: drop,
		export(versionId, filter, format) {
			const { datasetId } = getVersion(database, versionId);
			const job = jobs.start({
				kind: 'dataset-export',
				title: getDataset(database, datasetId).name,
				unit: 'samples',
				lane: 'dataset-read',
				async work(control) {
					const folder = staging.exportFolder(job.id);
					const facts = { kind: 'export', versionId, filter, format, folder } as const;
					const result = await staging.hold(job.id, () => tasks.onWorker<'export'>(facts, control));
					remember(files, job.id, { ...result, path: `${folder}/${result.fileName}` });
				},
			});
			return job;
		},
		exported(jobId) {
			const found = files.get(jobId);
			if (found === undefined)
				throw unknown(
					'result-unknown',
					said`The file of this export has expired: Assay restarted, or newer ones replaced it.`,
				);
			return { ...found, ticket: staging.issueTicket(found) };
		},
	};
}

/** Pasted text has no name that gives its format away. */
function pastedName(text: string): string {
	const start = text.trimStart();
	if (start.startsWith('[')) return 'pasted.json';
	if (start.startsWith('{')) return /^\{[^\n]*\}\s*(?:\n\s*\{|$)/.test(start) ? 'pasted.jsonl' : 'pasted.json';
	return 'pasted.csv';
}

function titleOf(paths: readonly string[]): string {
	const [first = ''] = paths;
	return paths.length === 1 ? shortName(first) : `${shortName(first)} and ${paths.length - 1} more`;
}

function remember<T>(results: Map<string, T>, id: string, result: T): void {
	results.set(id, result);
	for (const old of [...results.keys()].slice(0, Math.max(0, results.size - rememberedResults))) results.delete(old);
}

function unknown(code: string, message: Said): Failure {
	return new Failure({
		code,
		message,
		next: [said`Start again`],
	});
}
