import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Failure, failureFacts } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import type { Download, DownloadRequest } from '../../contract/library/hub.ts';
import type { ModelFiles } from '../model-files.ts';
import type { LibrarySeam } from '../model-service.ts';
import { type DownloadJob, isSameDownload, newJob, resumedJob } from './download-job.ts';
import { initialPlan, type Offers } from './download-plan.ts';
import { createDownloadRecords } from './download-record.ts';
import type { Hub } from './hub-search.ts';
import { explainFailure, type RunDownloadOptions, retryAfter, runDownload } from './run-download.ts';

/** Downloads models one at a time; unfinished downloads continue after a restart. */
export interface Downloads {
	/** Oldest first; includes those that ended since the application started. */
	list(): readonly Download[];
	/**
	 * Starts a download, or returns the existing one for the same files. Throws Failure `catalogue-unknown`,
	 * `hub-repository`.
	 */
	start(request: DownloadRequest): Download;
	/** Resolves once nothing is being written. Throws Failure `download-unknown`, like the two below. */
	pause(downloadId: string): Promise<Download>;
	resume(downloadId: string): Download;
	/** Deletes what has arrived after `undoMs`, unless it is resumed. */
	cancel(downloadId: string): Promise<Download>;
	/** Stops; unfinished downloads continue at the next start. */
	close(): Promise<void>;
}

/** What tests change: shorter times, another disk. */
export interface QueueOptions extends RunDownloadOptions {
	/** Waits before each retry after a temporary problem, ms. */
	readonly backOffMs?: readonly number[];
	/** How long a cancelled download can be resumed, ms. */
	readonly undoMs?: number;
}

/** Half an hour in total: a router that restarts, a train in a tunnel, a hub that is briefly down. */
const usualBackOffMs = [5_000, 15_000, 60_000, 300_000, 900_000] as const;
/** A toast with Undo stays 8 s, longer while the pointer is over it. */
const usualUndoMs = 30_000;
/** An attempt that fetched this much does not count as failed. */
const progressBytes = 1024 * 1024;

export function createDownloads(
	seam: LibrarySeam,
	files: ModelFiles,
	hub: Hub,
	offers: Offers,
	modelsFolder: string,
	options: QueueOptions = {},
): Downloads {
	const { backOffMs = usualBackOffMs, undoMs = usualUndoMs, ...fetchOptions } = options;
	const records = createDownloadRecords(modelsFolder, seam.log);
	const context = { seam, files, hub, offers, modelsFolder, records, options: fetchOptions, update };
	const jobs = new Map<string, DownloadJob>();
	const closing = new AbortController();
	let running: Promise<void> | null = null;

	function update(job: DownloadJob, change: Partial<Download>): void {
		job.download = { ...job.download, ...change };
		seam.events.publish({ type: 'download', download: job.download });
	}

	/** Moves the job to a state that must outlive this process, and updates its record. */
	function move(
		job: DownloadJob,
		state: 'queued' | 'paused' | 'failed' | 'cancelled',
		change: Partial<Download> = {},
	): void {
		job.record = { ...job.record, state, failure: change.failure ?? null };
		records.save(job.record);
		const { plan } = job.record;
		const idle = { failure: null, retryAt: null, bytesPerSecond: null, secondsLeft: null };
		// Bytes on the disk by now, possibly more than the transfer last reported.
		const come = plan === null ? {} : { receivedBytes: records.receivedBytes(plan) };
		update(job, { state, ...idle, ...come, ...change });
	}

	function finish(job: DownloadJob, modelFileId: number): void {
		records.forget(job.record.id);
		const files = job.record.plan?.files ?? [];
		const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
		update(job, {
			state: 'done',
			modelFileId,
			receivedBytes: total,
			totalBytes: total,
			failure: null,
			bytesPerSecond: null,
			secondsLeft: null,
			retryAt: null,
			verified: files.every(({ sha256 }) => sha256 !== null),
		});
	}

	async function run(job: DownloadJob): Promise<void> {
		const stop = new AbortController();
		job.stop = stop;
		const before = job.download.receivedBytes;
		update(job, { state: 'running', failure: null, retryAt: null });
		try {
			finish(job, await runDownload(job, context, AbortSignal.any([stop.signal, closing.signal])));
		} catch (error) {
			// The caller that stopped it sets its state.
			if (stop.signal.aborted) return;
			if (closing.signal.aborted) {
				update(job, { state: 'queued', bytesPerSecond: null, secondsLeft: null });
				return;
			}
			job.attempts = job.download.receivedBytes - before >= progressBytes ? 1 : job.attempts + 1;
			const after = retryAfter(error, job.attempts, backOffMs);
			const explained = explainFailure(job, error, hub);
			if (after === null) move(job, 'failed', { failure: failureFacts(explained) });
			else later(job, after, explained);
		} finally {
			job.stop = null;
		}
	}

	function later(job: DownloadJob, afterMs: number, error: unknown): void {
		records.save(job.record);
		const idle = { bytesPerSecond: null, secondsLeft: null };
		update(job, { state: 'waiting', retryAt: seam.clock() + afterMs, failure: failureFacts(error), ...idle });
		const timer = new AbortController();
		job.timer = timer;
		wait(afterMs, undefined, { signal: timer.signal, ref: false }).then(
			() => {
				job.timer = null;
				update(job, { state: 'queued', retryAt: null });
				pump();
			},
			() => {},
		);
	}

	function pump(): void {
		if (running !== null || closing.signal.aborted) return;
		const next = [...jobs.values()].find(({ download }) => download.state === 'queued');
		if (next === undefined) return;
		const ended = run(next).finally(() => {
			running = null;
			pump();
		});
		running = ended;
		next.ended = ended;
	}

	function find(downloadId: string): DownloadJob {
		const job = jobs.get(downloadId);
		if (job !== undefined) return job;
		throw new Failure({
			code: 'download-unknown',
			message: said`There is no download ${downloadId.slice(0, 100)}; it has ended or was cancelled.`,
			next: [said`Start the download again`],
		});
	}

	/** Stops the current attempt. Resolves once nothing is being written. */
	async function halt(job: DownloadJob, why: string): Promise<void> {
		job.timer?.abort();
		job.timer = null;
		job.stop?.abort(new Error(why));
		await job.ended;
	}

	const hasEnded = ({ download: { state } }: DownloadJob): boolean => state === 'done' || state === 'cancelled';

	function requeue(job: DownloadJob): Download {
		job.discarding?.abort();
		job.discarding = null;
		job.timer?.abort();
		job.timer = null;
		job.attempts = 0;
		move(job, 'queued');
		// The running job may be this one, on its way out.
		if (running === null) pump();
		return job.download;
	}

	for (const record of records.read()) {
		if (record.state === 'cancelled') {
			void records.discard(record);
			continue;
		}
		const goesOn = record.state === 'queued' && seam.staysOpen && !seam.networkBlocked();
		const received = record.plan === null ? 0 : records.receivedBytes(record.plan);
		jobs.set(
			record.id,
			resumedJob(record, goesOn ? 'queued' : record.state === 'failed' ? 'failed' : 'paused', received),
		);
	}
	// Deferred until the code that creates this queue has finished.
	setImmediate(pump);

	return {
		list: () => [...jobs.values()].map(({ download }) => download),
		start(request) {
			const same = [...jobs.values()].find((job) => isSameDownload(job, request));
			if (same !== undefined) {
				const { state } = same.download;
				return state === 'paused' || state === 'failed' || state === 'waiting' || state === 'cancelled'
					? requeue(same)
					: same.download;
			}
			const { name, plan } = initialPlan(request, offers);
			const job = newJob({ id: randomUUID(), createdAt: seam.clock(), request, name, plan });
			jobs.set(job.record.id, job);
			move(job, 'queued');
			pump();
			return job.download;
		},
		async pause(downloadId) {
			const job = find(downloadId);
			if (!['queued', 'running', 'verifying', 'waiting'].includes(job.download.state)) return job.download;
			if (job.download.state === 'queued') update(job, { state: 'paused' });
			await halt(job, 'paused');
			if (!hasEnded(job)) move(job, 'paused');
			return job.download;
		},
		resume(downloadId) {
			const job = find(downloadId);
			const { state } = job.download;
			if (state === 'paused' || state === 'failed' || state === 'cancelled' || state === 'waiting') return requeue(job);
			return job.download;
		},
		async cancel(downloadId) {
			const job = find(downloadId);
			if (hasEnded(job)) return job.download;
			if (job.download.state === 'queued') update(job, { state: 'paused' });
			await halt(job, 'cancelled');
			// Another call may have cancelled it meanwhile.
			if (hasEnded(job)) return job.download;
			move(job, 'cancelled');
			const discarding = new AbortController();
			job.discarding = discarding;
			wait(undoMs, undefined, { signal: discarding.signal, ref: false }).then(
				() => {
					jobs.delete(downloadId);
					return records.discard(job.record);
				},
				() => {},
			);
			return job.download;
		},
		async close() {
			closing.abort(new Error('the application ends'));
			for (const job of jobs.values()) {
				job.timer?.abort();
				if (job.discarding === null) continue;
				job.discarding.abort();
				await records.discard(job.record);
			}
			await running;
		},
	};
}
