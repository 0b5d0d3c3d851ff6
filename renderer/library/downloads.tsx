import { Check, Pause, Play, RotateCcw, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { Download } from '../../electron/contract/library/hub.ts';
import { toFailure } from '../connection/failure.ts';
import { Button, IconButton } from '../design/button.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatWait } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { ProgressBar } from '../design/progress-bar.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { describeNextStep, formatDownloadProgress, isRunning } from './download-wording.ts';

/** One download: progress, speed, time left, source and actions. */
function DownloadCard({ download }: { download: Download }) {
	if (download.state === 'failed' && download.failure !== null) return <FailedDownload download={download} />;
	return download.state === 'done' ? <DoneDownload download={download} /> : <OpenDownload download={download} />;
}

/** Returns the actions on a download; failures are shown as toasts. */
function useActions(download: Download) {
	const { models, toasts } = useServices();
	const attempt = (action: Promise<void>): void => {
		action.catch((error: unknown) => toasts.fail(toFailure(error).message));
	};
	return {
		pause: () => attempt(models.pauseDownload(download.id)),
		resume: () => attempt(models.resumeDownload(download.id)),
		cancel() {
			attempt(
				models.cancelDownload(download.id).then(() =>
					toasts.show({
						text: t('Download of {name} cancelled', { name: download.name }),
						action: { label: t('Undo'), run: () => attempt(models.resumeDownload(download.id)) },
					}),
				),
			);
		},
		allowAndResume: () => attempt(models.hub.allowNetwork().then(() => models.resumeDownload(download.id))),
	};
}

function OpenDownload({ download }: { download: Download }) {
	const { pause, resume, cancel } = useActions(download);
	const { name, state, source, quantization, receivedBytes, totalBytes } = download;
	const going = isRunning(download);
	return (
		<section
			aria-label={t('Download of {name}', { name })}
			className="rounded-lg border border-line bg-sunken pt-2 pr-2 pb-2.5 pl-3.5"
		>
			<div className="flex min-h-6.5 items-center gap-2">
				<span className="truncate font-medium">{name}</span>
				<span className="font-mono text-xs text-ink-2">{quantization}</span>
				{source === null ? null : <span className="truncate text-xs text-ink-3">{t('from {source}', { source })}</span>}
				<span className="flex-1" />
				<Figures text={formatDownloadProgress(download)} />
				{state === 'waiting' ? (
					<Button size="sm" kind="ghost" icon={RotateCcw} onClick={resume}>
						{t('Try now')}
					</Button>
				) : null}
				{going || state === 'waiting' ? (
					<IconButton icon={Pause} label={t('Pause the download of {name}', { name })} size="sm" onClick={pause} />
				) : (
					<IconButton icon={Play} label={t('Resume the download of {name}', { name })} size="sm" onClick={resume} />
				)}
				<IconButton icon={X} label={t('Cancel the download of {name}', { name })} size="sm" onClick={cancel} />
			</div>
			<ProgressBar
				className="mt-[5px] mr-1.5"
				label={name}
				tone={going ? 'accent' : 'paused'}
				value={totalBytes === 0 ? (state === 'running' ? null : 0) : receivedBytes / totalBytes}
			/>
			{state === 'waiting' ? (
				<WaitingDownload download={download} />
			) : (
				<p className="mt-[5px] text-xs text-ink-3 tabular-nums">
					{state === 'paused' ? t('The downloaded part is kept, even after a restart.') : describeNextStep(download)}
				</p>
			)}
		</section>
	);
}

function Figures({ text }: { text: string }) {
	const [first = '', ...rest] = text.split(' · ');
	return (
		<span className="text-xs whitespace-nowrap tabular-nums">
			<span className="font-medium">{first}</span>
			{rest.length === 0 ? null : <span className="text-ink-2"> · {rest.join(' · ')}</span>}
		</span>
	);
}

/** Why it is waiting, and the time until the next attempt. */
function WaitingDownload({ download: { retryAt, failure } }: { download: Download }) {
	const [now, setNow] = useState(Date.now);
	useEffect(() => {
		const timer = setInterval(() => setNow(Date.now()), 1_000);
		return () => clearInterval(timer);
	}, []);
	const left = Math.max(0, Math.ceil(((retryAt ?? now) - now) / 1_000));
	return (
		<p className="mt-[5px] mr-1.5 text-xs text-ink-2">
			<span className="tabular-nums">{t('Retrying in {time}.', { time: formatWait(left) })} </span>
			<span className="[overflow-wrap:anywhere] text-ink-3">{failure?.message}</span>
		</p>
	);
}

function DoneDownload({ download }: { download: Download }) {
	const { models } = useServices();
	const { id, name, quantization, verified, modelFileId } = download;
	return (
		<section
			aria-label={t('Download of {name}', { name })}
			className="flex min-h-10 items-center gap-2 rounded-lg border border-line bg-sunken py-1 pr-2 pl-3.5"
		>
			<Icon of={Check} size={14} className="text-good" />
			<span className="truncate font-medium">{name}</span>
			<span className="font-mono text-xs text-ink-2">{quantization}</span>
			<span className="truncate text-xs text-ink-3">
				{verified === true
					? t('downloaded and verified by its SHA-256.')
					: t('downloaded. Its publisher states no SHA-256, so only size and header were checked.')}
			</span>
			<span className="flex-1" />
			<Button
				size="sm"
				onClick={() => {
					models.hub.markSeen(id);
					models.view.setState({ tab: 'here', chosen: modelFileId });
				}}
			>
				{t('Show')}
			</Button>
			<IconButton
				icon={X}
				label={t('Hide the download of {name}', { name })}
				size="sm"
				onClick={() => models.hub.markSeen(id)}
			/>
		</section>
	);
}

function FailedDownload({ download }: { download: Download }) {
	const { resume, cancel, allowAndResume } = useActions(download);
	const failure = download.failure ?? { message: '', next: [], code: '' };
	const blocked = failure.code === 'network-blocked';
	return (
		<FailureCard
			title={t('Couldn’t download {name}', { name: download.name })}
			failure={blocked ? { ...failure, next: [] } : failure}
			actions={
				<>
					{blocked ? (
						<Button size="sm" onClick={allowAndResume}>
							{t('Allow the network and resume')}
						</Button>
					) : (
						<Button size="sm" icon={RotateCcw} onClick={resume}>
							{t('Try again')}
						</Button>
					)}
					<Button size="sm" kind="ghost" onClick={cancel}>
						{t('Remove')}
					</Button>
				</>
			}
		/>
	);
}

/** One card per download, oldest first, including those that ended since the last visit; hidden if there are none. */
export function Downloads() {
	const { models } = useServices();
	const downloads = useStore(models.state, (state) => state.downloads);
	const seen = useStore(models.hub.state, (state) => state.seen);
	return downloads
		.filter(({ id, state }) => state !== 'cancelled' && !(state === 'done' && seen.has(id)))
		.map((download) => <DownloadCard key={download.id} download={download} />);
}
