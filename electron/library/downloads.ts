import { randomUUID } from 'node:crypto';
import { Failure, failureFacts } from '../../models/contract/failure.ts';
import { type CatalogueModel, catalogue, sourceName } from '../../models/library/catalogue.ts';
import type { PullProgress } from '../../models/library/download/progress.ts';
import { type PullOptions, pullModel } from '../../models/library/download/pull.ts';
import type { CatalogueEntry, Download } from '../contract/model.ts';
import type { ModelFiles } from './model-files.ts';
import type { LibrarySeam } from './model-service.ts';
import { installedCatalogueIds } from './store/model-files.ts';

/** Fetches models of the catalogue, one after the other. */
export interface Downloads {
	entries(): readonly CatalogueEntry[];
	/** Since the start of the application, oldest first. */
	list(): readonly Download[];
	/** Starts fetching; where that is under way already, says so. Throws Failure `catalogue-unknown`. */
	start(catalogueId: string): Download;
	/** What has come is kept, so that the next start goes on from there. Resolves when nothing is written any more. */
	cancel(downloadId: string): Promise<Download>;
	close(): Promise<void>;
}

/** What a test changes: other models, other sources, shorter times. */
export interface DownloadOptions extends Pick<PullOptions, 'timing' | 'environment' | 'runPython' | 'freeDiskBytes'> {
	readonly catalogue?: readonly CatalogueModel[];
}

interface Job {
	download: Download;
	readonly model: CatalogueModel;
	readonly cancel: AbortController;
	ended: Promise<void>;
}

const ended = ({ state }: Download): boolean => state === 'done' || state === 'failed' || state === 'cancelled';

export function createDownloads(
	seam: LibrarySeam,
	files: ModelFiles,
	modelsFolder: string,
	options: DownloadOptions = {},
): Downloads {
	const { catalogue: models = catalogue, ...pullOptions } = options;
	const jobs = new Map<string, Job>();
	/** Settles when the download before has ended. */
	let turn: Promise<void> = Promise.resolve();

	function update(job: Job, change: Partial<Download>): void {
		job.download = { ...job.download, ...change };
		seam.events.publish({ type: 'download', download: job.download });
	}

	function progress(job: Job, { stage, receivedBytes, totalBytes, ...rest }: PullProgress): void {
		const state = stage === 'connecting' || stage === 'receiving' ? 'running' : 'verifying';
		update(job, { state, receivedBytes, totalBytes, ...rest });
	}

	async function fetch(job: Job): Promise<void> {
		const { model, cancel } = job;
		cancel.signal.throwIfAborted();
		const pulled = await pullModel(model, {
			...pullOptions,
			folder: modelsFolder,
			signal: cancel.signal,
			onProgress: (step) => progress(job, step),
			network: {
				isBlocked: seam.networkBlocked,
				report: (record) => seam.events.publish({ type: 'network-request', at: seam.clock(), ...record }),
			},
		});
		const file = await files.add(pulled.path, {
			name: model.name,
			catalogueId: model.id,
			source: pulled.source,
			sha256: model.sha256,
		});
		const { sizeBytes } = model;
		const idle = { bytesPerSecond: null, secondsLeft: null };
		update(job, { state: 'done', receivedBytes: sizeBytes, totalBytes: sizeBytes, modelFileId: file.id, ...idle });
	}

	async function run(job: Job): Promise<void> {
		if (ended(job.download)) return;
		try {
			await fetch(job);
		} catch (error) {
			const idle = { bytesPerSecond: null, secondsLeft: null };
			if (job.cancel.signal.aborted) update(job, { state: 'cancelled', ...idle });
			else update(job, { state: 'failed', failure: failureFacts(error), ...idle });
		}
	}

	function find(downloadId: string): Job {
		const job = jobs.get(downloadId);
		if (job !== undefined) return job;
		throw new Failure({
			code: 'download-unknown',
			message: `There is no download ${downloadId.slice(0, 100)}; it may belong to an earlier start.`,
			next: ['Start the download again'],
		});
	}

	return {
		entries() {
			const installed = installedCatalogueIds(seam.database);
			return models.map(({ sources, fileName: _fileName, ...entry }) => ({
				...entry,
				sources: sources.map(sourceName),
				installed: installed.has(entry.id),
			}));
		},
		list: () => [...jobs.values()].map(({ download }) => download),
		start(catalogueId) {
			const model = models.find(({ id }) => id === catalogueId);
			if (model === undefined) {
				throw new Failure({
					code: 'catalogue-unknown',
					message: `The catalogue has no model "${catalogueId.slice(0, 100)}".`,
					next: models.map(({ id, name }) => `Fetch ${name}: ${id}`),
				});
			}
			const running = [...jobs.values()].find((job) => job.model === model && !ended(job.download));
			if (running !== undefined) return running.download;
			const id = randomUUID();
			const job: Job = {
				model,
				cancel: new AbortController(),
				ended: Promise.resolve(),
				download: {
					id,
					catalogueId,
					name: model.name,
					state: 'queued',
					receivedBytes: 0,
					totalBytes: model.sizeBytes,
					bytesPerSecond: null,
					secondsLeft: null,
					source: null,
					modelFileId: null,
					failure: null,
				},
			};
			jobs.set(id, job);
			update(job, {});
			job.ended = turn.then(() => run(job));
			turn = job.ended;
			return job.download;
		},
		async cancel(downloadId) {
			const job = find(downloadId);
			job.cancel.abort(new Error('cancelled'));
			if (job.download.state === 'queued') update(job, { state: 'cancelled' });
			else await job.ended;
			return job.download;
		},
		async close() {
			for (const { cancel } of jobs.values()) cancel.abort(new Error('the application ends'));
			await turn;
		},
	};
}
