import type { Download } from '../../electron/contract/library/hub.ts';
import { formatBytes, formatBytesOf, formatBytesPerSecond, formatPercent, formatTimeLeft } from '../design/format.ts';
import { t } from '../messages/t.ts';

/** Describes progress: "62.1 of 98.4 MB · 8.4 MB/s · 5 s left". */
export function formatDownloadProgress(download: Download): string {
	const { state, receivedBytes, totalBytes } = download;
	if (state === 'queued')
		return receivedBytes > 0
			? t('Queued · {received}', { received: formatBytesOf(receivedBytes, totalBytes) })
			: t('Queued');
	if (state === 'verifying') {
		return t('{size} received · {percent} checked', {
			size: formatBytes(totalBytes),
			percent: formatPercent(totalBytes === 0 ? 0 : receivedBytes / totalBytes),
		});
	}
	if (totalBytes === 0) return t('Requesting the size');
	if (state === 'running' && download.bytesPerSecond === null && receivedBytes === 0) return t('Connecting');
	return [
		state === 'paused' ? t('Paused') : null,
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
	const left = freeBytes === null ? null : freeBytes - (totalBytes - receivedBytes);
	return [
		files > 1 ? t('{files, plural, one {# file} other {# files}}.', { files }) : null,
		state === 'verifying' ? t('Next: read the header.') : t('Next: verify the SHA-256, read the header.'),
		left === null || left < 0 ? null : t('{size} of disk space will remain.', { size: formatBytes(left) }),
	]
		.filter((sentence) => sentence !== null)
		.join(' ');
}
