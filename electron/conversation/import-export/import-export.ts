import { Worker } from 'node:worker_threads';
import { Failure } from '../../../models/contract/failure.ts';
import type { ExportedFile, ExportFormat, ImportReport } from '../../contract/import-export/schema.ts';
import type { Job } from '../../contract/jobs/schema.ts';
import { leaveCheckpointsToWorker } from '../../database/connect.ts';
import type { WritableDatabase } from '../../database/database.ts';
import type { EventBus } from '../../events.ts';
import type { JobControl, Jobs } from '../../jobs/jobs.ts';
import type { ExportResult } from './export-conversations.ts';
import { cleanUpFailedImport } from './import-visibility.ts';
import { type Staging, shortName } from './staging.ts';
import { type WorkerMessage, type WorkerResult, type WorkerTask, workerFlag, writeTurn } from './worker-protocol.ts';

export interface ImportExportContext {
	readonly database: WritableDatabase;
	readonly databasePath: string;
	readonly jobs: Jobs;
	readonly staging: Staging;
	readonly events: EventBus;
	/** Code of the worker. */
	readonly entry: URL;
	readonly clock: () => number;
	readonly answering: () => boolean;
	/** Called when conversations were abandoned (`deleted_at` 0) and need to be deleted. */
	readonly onAbandoned: () => void;
}

/** Imports and exports of any size, run as jobs. */
export interface ImportExport {
	preview(from: { paths: readonly string[] } | { uploadId: string }): Job;
	/** Throws Failure `preview-unknown`. */
	import(previewId: string): Job;
	/** Throws Failure `result-unknown`. */
	report(jobId: string): ImportReport;
	discard(previewId: string): Promise<void>;
	export(ids: readonly number[] | null, format: ExportFormat): Job;
	/** Throws Failure `result-unknown`. */
	exported(jobId: string): ExportedFile;
}

interface Preview {
	readonly paths: readonly string[];
	readonly uploadId: string | null;
	readonly title: string;
}

/** Most reports and exported files to remember. */
const rememberedResults = 50;

export function createImportExport(context: ImportExportContext): ImportExport {
	const { database, databasePath, jobs, staging, clock } = context;
	const previews = new Map<string, Preview>();
	const reports = new Map<string, ImportReport>();
	const files = new Map<string, ExportResult & { readonly path: string }>();

	/** `staged`: the upload that the task reads, or the export that it writes. */
	function perform(facts: TaskInput, control: JobControl, staged: string | null): Promise<WorkerResult> {
		return staged === null ? inWorker(facts, control) : staging.hold(staged, () => inWorker(facts, control));
	}

	async function inWorker(facts: TaskInput, control: JobControl): Promise<WorkerResult> {
		control.signal.throwIfAborted();
		leaveCheckpointsToWorker(database, true);
		try {
			return await runInWorker(context.entry, facts, { ...control, answering: context.answering });
		} finally {
			leaveCheckpointsToWorker(database, false);
		}
	}

	/** Only exports are read from a folder, but every file of an upload: the user chose each of them. */
	const taskFrom = (paths: readonly string[], uploadId: string | null) => ({
		databasePath,
		paths,
		now: clock(),
		every: uploadId !== null,
	});

	async function bringIn({ paths, uploadId }: Preview, control: JobControl): Promise<ImportReport> {
		// An earlier import may have failed on a full disk, and so its clean-up.
		if (cleanUpFailedImport(database)) context.onAbandoned();
		try {
			const result = await perform({ kind: 'import', ...taskFrom(paths, uploadId) }, control, uploadId);
			if (result.kind === 'export') throw new Error('an import ended as an export');
			return result.report;
		} catch (error) {
			// A worker that died could not do this itself.
			cleanUpFailedImport(database);
			context.onAbandoned();
			throw error;
		}
	}

	async function drop(previewId: string): Promise<void> {
		const preview = previews.get(previewId);
		previews.delete(previewId);
		if (preview?.uploadId != null) await staging.removeUpload(preview.uploadId);
	}

	return {
		preview(from) {
			const uploadId = 'uploadId' in from ? from.uploadId : null;
			const upload = 'uploadId' in from ? staging.upload(from.uploadId) : null;
			const paths = 'paths' in from ? from.paths : [staging.upload(from.uploadId).folder];
			const title = titleOf(upload?.names ?? paths);
			const job = jobs.start({
				kind: 'preview',
				title,
				unit: 'bytes',
				lane: 'exchange',
				async work(control) {
					try {
						const result = await perform({ kind: 'preview', ...taskFrom(paths, uploadId) }, control, uploadId);
						if (result.kind !== 'export') remember(reports, job.id, result.report);
					} catch (error) {
						await drop(job.id);
						throw error;
					}
				},
			});
			previews.set(job.id, { paths, uploadId, title });
			return job;
		},
		import(previewId) {
			const preview = previews.get(previewId);
			if (preview === undefined || !reports.has(previewId))
				throw unknown('preview-unknown', 'The preview of this import');
			// It may be gone: nobody used it for long.
			if (preview.uploadId !== null) staging.upload(preview.uploadId);
			const job = jobs.start({
				kind: 'import',
				title: preview.title,
				unit: 'bytes',
				lane: 'exchange',
				async work(control) {
					try {
						remember(reports, job.id, await bringIn(preview, control));
					} finally {
						await drop(previewId);
					}
					publishChanges(context.events, reports.get(job.id));
				},
			});
			return job;
		},
		report(jobId) {
			const found = reports.get(jobId);
			if (found === undefined) throw unknown('result-unknown', 'The report of this import');
			return found;
		},
		discard: drop,
		export(ids, format) {
			const job = jobs.start({
				kind: 'export',
				title: ids === null ? 'All conversations' : ids.length === 1 ? '1 conversation' : `${ids.length} conversations`,
				unit: 'conversations',
				lane: 'exchange',
				async work(control) {
					const folder = staging.exportFolder(job.id);
					const result = await perform(
						{ kind: 'export', databasePath, ids, format, folder, now: clock() },
						control,
						job.id,
					);
					if (result.kind !== 'export') throw new Error('an export ended as an import');
					remember(files, job.id, { ...result.exported, path: `${folder}/${result.exported.fileName}` });
				},
			});
			return job;
		},
		exported(jobId) {
			const found = files.get(jobId);
			if (found === undefined) throw unknown('result-unknown', 'The file of this export');
			return { ...found, ticket: staging.issueTicket(found) };
		},
	};
}

function titleOf(paths: readonly string[]): string {
	const [first = ''] = paths;
	return paths.length === 1 ? shortName(first) : `${shortName(first)} and ${paths.length - 1} more`;
}

function remember<T>(results: Map<string, T>, id: string, result: T): void {
	results.set(id, result);
	for (const old of [...results.keys()].slice(0, Math.max(0, results.size - rememberedResults))) results.delete(old);
}

/** Pages reload their list after a change of any conversation, and folders and tags after a change of those. */
function publishChanges(events: EventBus, report: ImportReport | undefined): void {
	const ids = (report?.samples ?? []).flatMap(({ conversationId, outcome }) =>
		conversationId === null || outcome === 'known' ? [] : [conversationId],
	);
	for (const conversationId of ids.slice(0, 20)) events.publish({ type: 'conversation-changed', conversationId });
	events.publish({ type: 'organisation-changed' });
}

function unknown(code: string, what: string): Failure {
	return new Failure({
		code,
		message: `${what} is gone: Assay was restarted, or too many others came after it.`,
		next: ['Begin it again'],
	});
}

/** A task without the fields added here. */
type TaskInput = WorkerTask extends infer Each ? (Each extends WorkerTask ? Omit<Each, 'flags'> : never) : never;

export interface TaskControl {
	readonly signal: AbortSignal;
	readonly progress: (done: number, total: number) => void;
	/** Returns true while an answer is being generated; called again on every progress report. */
	readonly answering: () => boolean;
}

/** Interval at which the worker learns whether an answer is being generated, ms. */
const answeringPollMs = 50;

/**
 * Runs a task in its own worker. Rejects with a Failure, or with any error after `signal`, once the worker has undone
 * its changes; if the worker itself dies, its changes remain.
 */
function runInWorker(
	entry: URL,
	facts: TaskInput,
	{ signal, progress, answering }: TaskControl,
): Promise<WorkerResult> {
	return new Promise((resolve, reject) => {
		const flags = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
		const worker = new Worker(entry, { workerData: { ...facts, flags } satisfies WorkerTask });
		const poll = setInterval(() => Atomics.store(flags, workerFlag.answering, answering() ? 1 : 0), answeringPollMs);
		const cancel = (): void => void Atomics.store(flags, workerFlag.cancel, 1);
		signal.addEventListener('abort', cancel, { once: true });
		if (signal.aborted) cancel();
		function settle(end: () => void): void {
			clearInterval(poll);
			signal.removeEventListener('abort', cancel);
			end();
		}
		worker.on('message', (message: WorkerMessage) => {
			if (message.type === 'progress') progress(message.done, message.total);
			else if (message.type === 'turn') worker.postMessage(writeTurn);
			else if (message.type === 'done') settle(() => resolve(message.result));
			else settle(() => reject(new Failure(message.failure)));
		});
		worker.on('error', (error) => settle(() => reject(error)));
		worker.on('exit', (code) => settle(() => reject(new Error(`the import-export worker ended with code ${code}`))));
	});
}
