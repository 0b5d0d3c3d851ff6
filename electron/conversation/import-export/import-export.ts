import { Worker } from 'node:worker_threads';
import { Failure } from '../../../models/contract/failure.ts';
import { amount, type Said, said } from '../../../models/contract/said.ts';
import type { ExportedFile, ExportFormat, ImportReport } from '../../contract/import-export/schema.ts';
import type { Job } from '../../contract/jobs/schema.ts';
import { leaveCheckpointsToWorker } from '../../database/connect.ts';
import type { WritableDatabase } from '../../database/database.ts';
import type { EventBus } from '../../events.ts';
import type { JobControl, Jobs } from '../../jobs/jobs.ts';
import { createParserPool } from '../../parsing/parser-pool.ts';
import type { ParserProgram } from '../../parsing/parser-process.ts';
import { type ParserLimits, ParserStopped } from '../../parsing/parser-stopped.ts';
import { type ToWorker, workerFlag } from '../../parsing/worker-port.ts';
import type { ExportResult } from './export-conversations.ts';
import { cleanUpFailedImport } from './import-visibility.ts';
import { type Staging, shortName } from './staging.ts';
import {
	type ExportTask,
	type LastMessage,
	type ParserTask,
	reportFrom,
	type WorkerMessage,
	workerMessageSchema,
	writeTurn,
} from './worker-protocol.ts';

export interface ImportExportContext {
	readonly database: WritableDatabase;
	readonly databasePath: string;
	readonly jobs: Jobs;
	readonly staging: Staging;
	readonly events: EventBus;
	/** Code of the worker: a parser process for imports, a thread for exports. */
	readonly program: ParserProgram;
	/** Limits of parser processes, if not the usual ones. */
	readonly parserLimits?: Partial<ParserLimits>;
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
	/** Ends idle processes. Call it when no job is running. */
	close(): Promise<void>;
}

interface Preview {
	readonly paths: readonly string[];
	readonly uploadId: string | null;
	readonly title: string;
}

/**
 * The largest conversation that is read has 128 MB and takes several times as much; a report lists 700 names at most.
 */
const defaultParserLimits: ParserLimits = { memoryMb: 1_536, silenceMs: 60_000, outputBytes: 8 * 1024 * 1024 };

/** Most reports and exported files to remember. */
const rememberedResults = 50;

export function createImportExport(context: ImportExportContext): ImportExport {
	const { database, databasePath, jobs, staging, clock } = context;
	const previews = new Map<string, Preview>();
	const reports = new Map<string, ImportReport>();
	const files = new Map<string, ExportResult & { readonly path: string }>();

	const parsers = createParserPool(context.program, { ...defaultParserLimits, ...context.parserLimits });

	async function besideCheckpoints<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
		signal.throwIfAborted();
		leaveCheckpointsToWorker(database, true);
		try {
			return await work();
		} finally {
			leaveCheckpointsToWorker(database, false);
		}
	}

	/** `uploadId`: the upload that the task reads. */
	function parse(
		kind: ParserTask['kind'],
		{ paths, uploadId }: Preview,
		{ signal, progress }: JobControl,
	): Promise<ImportReport> {
		// Only exports are read from a folder, but every file of an upload: the user chose each of them.
		const task: ParserTask = { kind, databasePath, paths, now: clock(), every: uploadId !== null };
		const work = async (): Promise<ImportReport> => {
			const result = await parsers.run(task, {
				signal,
				answering: context.answering,
				// An import that has committed runs to its end.
				stopsItself: kind === 'import',
				onMessage(message, reply) {
					const parsed = workerMessageSchema.parse(message);
					if (parsed.type === 'turn') reply(writeTurn);
					else progress(parsed.done, parsed.total);
				},
			});
			return reportFrom(result);
		};
		return besideCheckpoints(signal, () => (uploadId === null ? work() : staging.hold(uploadId, work))).catch(
			(error: unknown) => {
				throw error instanceof ParserStopped
					? error.failure({ what: said`the export`, subject: said`The export` }, [said`Export fewer conversations`])
					: error;
			},
		);
	}

	async function bringIn(preview: Preview, control: JobControl): Promise<ImportReport> {
		// An earlier import may have failed on a full disk, and so its clean-up.
		if (cleanUpFailedImport(database)) context.onAbandoned();
		try {
			return await parse('import', preview, control);
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
						remember(reports, job.id, await parse('preview', { paths, uploadId, title }, control));
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
				throw unknown(
					'preview-unknown',
					said`The preview of this import is no longer available: Assay was restarted, or newer ones replaced it.`,
				);
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
			if (found === undefined)
				throw unknown(
					'result-unknown',
					said`The report of this import is no longer available: Assay was restarted, or newer ones replaced it.`,
				);
			return found;
		},
		discard: drop,
		export(ids, format) {
			const job = jobs.start({
				kind: 'export',
				title: ids === null ? said`All conversations` : said`${amount(ids.length, 'conversation')}`,
				unit: 'conversations',
				lane: 'exchange',
				async work(control) {
					const folder = staging.exportFolder(job.id);
					const task: ExportTask = { kind: 'export', databasePath, ids, format, folder, now: clock() };
					const exported = await besideCheckpoints(control.signal, () =>
						staging.hold(job.id, () =>
							exportOnThread(context.program.entry, task, { ...control, answering: context.answering }),
						),
					);
					remember(files, job.id, { ...exported, path: `${folder}/${exported.fileName}` });
				},
			});
			return job;
		},
		exported(jobId) {
			const found = files.get(jobId);
			if (found === undefined)
				throw unknown(
					'result-unknown',
					said`The file of this export is no longer available: Assay was restarted, or newer ones replaced it.`,
				);
			return { ...found, ticket: staging.issueTicket(found) };
		},
		close: () => parsers.close(),
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

function unknown(code: string, message: Said): Failure {
	return new Failure({
		code,
		message,
		next: [said`Start it again`],
	});
}

interface TaskControl {
	readonly signal: AbortSignal;
	readonly progress: (done: number, total: number) => void;
	/** Returns true while an answer is being generated. */
	readonly answering: () => boolean;
}

/** Interval at which the thread learns whether an answer is being generated, ms. */
const answeringPollMs = 50;

/** Exports on a separate thread. Rejects with a Failure, or with any error after `signal`. */
function exportOnThread(
	entry: URL,
	task: ExportTask,
	{ signal, progress, answering }: TaskControl,
): Promise<ExportResult> {
	return new Promise((resolve, reject) => {
		const flags = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
		const worker = new Worker(entry);
		const poll = setInterval(() => Atomics.store(flags, workerFlag.answering, answering() ? 1 : 0), answeringPollMs);
		const cancel = (): void => void Atomics.store(flags, workerFlag.cancel, 1);
		signal.addEventListener('abort', cancel, { once: true });
		if (signal.aborted) cancel();
		function settle(end: () => void): void {
			clearInterval(poll);
			signal.removeEventListener('abort', cancel);
			end();
			void worker.terminate();
		}
		worker.on('message', (message: WorkerMessage | LastMessage) => {
			if (message.type === 'progress') progress(message.done, message.total);
			else if (message.type === 'turn') worker.postMessage(writeTurn);
			else if (message.type === 'done') settle(() => resolve(message.result));
			else settle(() => reject(new Failure(message.failure)));
		});
		worker.on('error', (error) => settle(() => reject(error)));
		worker.on('exit', (code) => settle(() => reject(new Error(`the export thread ended with code ${code}`))));
		worker.postMessage({ type: 'task', task: { ...task, flags } } satisfies ToWorker);
	});
}
