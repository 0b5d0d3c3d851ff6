import { RotateCcw, X } from 'lucide-react';
import type { Download } from '../../../electron/contract/model/download.ts';
import { Button, IconButton } from '../../design/button.tsx';
import { bytes, bytesOf, bytesPerSecond, timeLeft } from '../../design/format.ts';
import { ProgressBar } from '../../design/progress.tsx';
import { FailureCard } from '../../design/state/failure-card.tsx';
import { useServices } from '../../services.ts';

/** "62.1 of 98.4 MB · 8.4 MB/s · 5 s left" */
export function downloadFigures(download: Download): string {
	if (download.state === 'queued') return 'Connecting';
	if (download.state === 'verifying') return `${bytes(download.totalBytes)} received · checking SHA-256`;
	return [
		bytesOf(download.receivedBytes, download.totalBytes),
		download.bytesPerSecond === null ? null : bytesPerSecond(download.bytesPerSecond),
		download.secondsLeft === null ? null : timeLeft(download.secondsLeft),
	]
		.filter((part) => part !== null)
		.join(' · ');
}

export function isRunning({ state }: Download): boolean {
	return state === 'queued' || state === 'running' || state === 'verifying';
}

/** One download: how far, how fast, how long, from where. */
export function DownloadCard({ download }: { download: Download }) {
	const { models } = useServices();
	if (download.state === 'failed' && download.failure !== null) {
		return (
			<FailureCard
				title={`${download.name} was not fetched`}
				failure={download.failure}
				actions={
					<Button size="sm" icon={RotateCcw} onClick={() => void models.resumeDownload(download.id)}>
						Try again
					</Button>
				}
			/>
		);
	}
	return (
		<section
			aria-label={`Download of ${download.name}`}
			className="rounded-lg border border-line bg-sunken pt-2 pr-2 pb-2.5 pl-3.5"
		>
			<div className="flex min-h-6.5 items-center gap-2">
				<span className="font-medium">{download.name}</span>
				{download.source === null ? null : <span className="text-xs text-ink-3">from {download.source}</span>}
				<span className="flex-1" />
				<span className="text-xs tabular-nums">{downloadFigures(download)}</span>
				<IconButton
					icon={X}
					label="Cancel the download"
					size="sm"
					onClick={() => void models.cancelDownload(download.id)}
				/>
			</div>
			<ProgressBar
				className="mt-[5px] mr-1.5"
				label={download.name}
				value={download.totalBytes === 0 ? null : download.receivedBytes / download.totalBytes}
			/>
			<p className="mt-[5px] text-xs text-ink-3">Then: check SHA-256, read the header.</p>
		</section>
	);
}
