import type { Download } from '../../electron/contract/library/hub.ts';
import { formatBytes, formatBytesOf, formatBytesPerSecond, formatPercent, formatTimeLeft } from '../design/format.ts';

/** Describes progress: "62.1 of 98.4 MB · 8.4 MB/s · 5 s left". */
export function formatDownloadProgress(download: Download): string {
	const { state, receivedBytes, totalBytes } = download;
	if (state === 'queued') return receivedBytes > 0 ? `Queued · ${formatBytesOf(receivedBytes, totalBytes)}` : 'Queued';
	if (state === 'verifying') {
		return `${formatBytes(totalBytes)} received · ${formatPercent(totalBytes === 0 ? 0 : receivedBytes / totalBytes)} checked`;
	}
	if (totalBytes === 0) return 'Requesting the size';
	if (state === 'running' && download.bytesPerSecond === null && receivedBytes === 0) return 'Connecting';
	return [
		state === 'paused' ? 'Paused' : null,
		formatBytesOf(receivedBytes, totalBytes),
		download.bytesPerSecond === null ? null : formatBytesPerSecond(download.bytesPerSecond),
		download.secondsLeft === null ? null : formatTimeLeft(download.secondsLeft),
	]
		.filter((part) => part !== null)
		.join(' · ');
}

/** Whether it is in progress without needing the user. */
export function isRunning({ state }: Download): boolean {
	return state === 'queued' || state === 'running' || state === 'verifying';
}

/** Describes the steps after the transfer, and the free disk space. */
export function describeNextStep({ state, freeBytes, files, totalBytes, receivedBytes }: Download): string {
	const parts = files > 1 ? `${files} files. ` : '';
	const then = state === 'verifying' ? 'Next: read the header.' : 'Next: verify the SHA-256, read the header.';
	const left = freeBytes === null ? null : freeBytes - (totalBytes - receivedBytes);
	return `${parts}${then}${left === null || left < 0 ? '' : ` ${formatBytes(left)} of disk space will remain.`}`;
}
