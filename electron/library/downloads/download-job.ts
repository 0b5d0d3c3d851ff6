import type { Download, DownloadRequest } from '../../contract/library/hub.ts';
import type { DownloadRecord } from './download-record.ts';

/** One download in memory. */
export interface DownloadJob {
	record: DownloadRecord;
	download: Download;
	/** Stops the current attempt. */
	stop: AbortController | null;
	/** Ends the wait for the next attempt. */
	timer: AbortController | null;
	/** Ends the wait before a cancelled download is deleted. */
	discarding: AbortController | null;
	/** Failed attempts in a row. */
	attempts: number;
	/** Settles when the last attempt has ended. */
	ended: Promise<void>;
}

/** Returns the fields of a download that its record holds. */
export function downloadView(record: DownloadRecord, receivedBytes: number): Partial<Download> {
	const { plan, request } = record;
	return {
		name: plan?.name ?? record.name,
		quantization: plan?.quantization ?? '',
		repository: plan?.repository ?? ('repository' in request ? request.repository : null),
		path: plan?.path ?? null,
		files: plan?.files.length ?? 1,
		totalBytes: plan?.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) ?? 0,
		receivedBytes,
	};
}

function job(record: DownloadRecord, state: Download['state'], receivedBytes: number): DownloadJob {
	const { request } = record;
	return {
		record,
		stop: null,
		timer: null,
		discarding: null,
		attempts: 0,
		ended: Promise.resolve(),
		download: {
			id: record.id,
			catalogueId: 'catalogueId' in request ? request.catalogueId : null,
			repository: null,
			path: null,
			name: record.name,
			quantization: '',
			files: 1,
			state,
			receivedBytes: 0,
			totalBytes: 0,
			bytesPerSecond: null,
			secondsLeft: null,
			source: null,
			freeBytes: null,
			retryAt: null,
			verified: null,
			modelFileId: null,
			failure: record.failure,
			...downloadView(record, receivedBytes),
		},
	};
}

export function newJob(record: Pick<DownloadRecord, 'id' | 'createdAt' | 'request' | 'name' | 'plan'>): DownloadJob {
	return job({ ...record, state: 'queued', stale: false, versions: {}, failure: null }, 'queued', 0);
}

/** Creates the job of a download left by an earlier session. */
export function resumedJob(record: DownloadRecord, state: Download['state'], receivedBytes: number): DownloadJob {
	return job(record, state, receivedBytes);
}

/** Returns whether the request asks for what the job fetches; a finished download is repeated if its file is gone. */
export function isSameDownload({ record, download }: DownloadJob, request: DownloadRequest): boolean {
	if (download.state === 'done') return false;
	if ('catalogueId' in request) return download.catalogueId === request.catalogueId;
	if (download.repository !== request.repository) return false;
	const asked = 'file' in record.request ? record.request.file : undefined;
	return asked === request.file || (request.file !== undefined && download.path === request.file);
}
