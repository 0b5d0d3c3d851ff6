import { Check, Download, RotateCcw } from 'lucide-react';
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import type { Update, UpdateStatus } from '../../electron/contract/updates/schema.ts';
import { toFailure } from '../connection/failure.ts';
import { Markdown } from '../conversation/markdown/markdown.tsx';
import { Button } from '../design/button.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import {
	formatBytes,
	formatBytesOf,
	formatBytesPerSecond,
	formatDate,
	formatFullTime,
	formatTimeLeft,
} from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { ProgressBar } from '../design/progress-bar.tsx';
import { Scroller } from '../design/scroll-area.tsx';
import { Switch } from '../design/switch.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { SettingRow } from './setting-row.tsx';

/** New versions of Assay itself: off until asked, and installed only when the user says so. */
export function UpdatesSection() {
	const { settings, updates } = useServices();
	const status = useStore(updates.state);
	const checks = useStore(settings.state, (state) => state.updateChecks);
	if (status === null) return null;
	if (status.state === 'elsewhere') return <p className="text-pretty text-ink-2">{status.message}</p>;
	return (
		<>
			<Switch
				label={t('Check for updates daily')}
				description={t(
					'Asks the update server for the newest version and sends nothing about you. When off, Assay checks only when you ask. Assay never downloads or installs an update by itself.',
				)}
				checked={checks}
				onChange={(next) => settings.change({ updateChecks: next })}
			/>
			<State status={status} />
		</>
	);
}

function State({ status }: { status: Exclude<UpdateStatus, { state: 'elsewhere' }> }) {
	switch (status.state) {
		case 'idle':
		case 'checking':
			return <CheckRow status={status} />;
		case 'available':
			return <Available update={status.update} postponed={status.postponed} />;
		case 'downloading':
			return <Downloading status={status} />;
		case 'ready':
			return <Ready status={status} />;
		case 'installing':
			return (
				<UpdateCard update={status.update} title={t('Installing Assay {version}', { version: status.update.version })}>
					<p className="text-ink-2">{t('Assay quits when the update is ready.')}</p>
				</UpdateCard>
			);
		case 'failed':
			return <Failed status={status} />;
	}
}

function CheckRow({ status }: { status: Extract<UpdateStatus, { state: 'idle' | 'checking' }> }) {
	const { connection, updates } = useServices();
	const version = connection.lastHello()?.assayVersion ?? '';
	return (
		<SettingRow
			label={
				status.state === 'idle' && status.checkedAt !== null ? (
					<span className="flex items-center gap-2">
						<Icon of={Check} size={14} className="text-good" />
						{t('Assay {version} is up to date', { version })}
					</span>
				) : (
					t('You have Assay {version}', { version })
				)
			}
			description={
				status.state === 'idle' && status.checkedAt !== null
					? t('Last checked {checkedAt}.', { checkedAt: formatFullTime(status.checkedAt) })
					: undefined
			}
		>
			<Button busy={status.state === 'checking' ? t('Checking') : undefined} onClick={() => void updates.check()}>
				{t('Check for updates')}
			</Button>
		</SettingRow>
	);
}

/** A newer version with what is new in it, and the present step. */
function UpdateCard({ update, title, children }: { update: Update; title: string; children: ReactNode }) {
	return (
		// biome-ignore lint/a11y/useSemanticElements: a fieldset is for form controls
		<div role="group" aria-label={title} className="rounded-lg border border-line bg-sunken px-3.5 py-3">
			<h3 className="font-semibold">{title}</h3>
			<p className="text-xs text-ink-3 tabular-nums">
				{t('Released {releasedAt} · {bytes} from {host} · signed by Assay’s makers', {
					releasedAt: formatDate(update.releasedAt),
					bytes: formatBytes(update.bytes),
					host: update.host,
				})}
			</p>
			{update.notes.trim() === '' ? null : (
				<Scroller
					label={t('What’s new in {version}', { version: update.version })}
					className="mt-2 max-h-56 rounded-md border border-line bg-surface"
				>
					<div className="px-2.5 py-2 text-pretty text-ink-2 [overflow-wrap:anywhere]">
						<Markdown text={update.notes} />
					</div>
				</Scroller>
			)}
			<div className="mt-2.5 flex flex-wrap items-center gap-1.5">{children}</div>
		</div>
	);
}

function Available({ update, postponed }: { update: Update; postponed: boolean }) {
	const { updates } = useServices();
	return (
		<UpdateCard update={update} title={t('Assay {version} is available', { version: update.version })}>
			<Button kind="primary" icon={Download} onClick={() => void updates.download()}>
				{t('Download {bytes}', { bytes: formatBytes(update.bytes) })}
			</Button>
			{postponed ? (
				<span className="text-xs text-ink-3">{t('Postponed. Assay won’t remind you again.')}</span>
			) : (
				<Button kind="ghost" onClick={() => void updates.postpone()}>
					{t('Later')}
				</Button>
			)}
		</UpdateCard>
	);
}

function Downloading({ status }: { status: Extract<UpdateStatus, { state: 'downloading' }> }) {
	const { updates } = useServices();
	const { update, receivedBytes, bytesPerSecond, secondsLeft } = status;
	const figures = [
		formatBytesOf(receivedBytes, update.bytes),
		bytesPerSecond === null ? null : formatBytesPerSecond(bytesPerSecond),
		secondsLeft === null ? null : formatTimeLeft(secondsLeft),
	];
	return (
		<UpdateCard update={update} title={t('Downloading Assay {version}', { version: update.version })}>
			<ProgressBar
				label={t('Downloading Assay {version}', { version: update.version })}
				value={receivedBytes / update.bytes}
				className="w-full flex-none"
			/>
			<span className="flex-1 text-xs text-ink-2 tabular-nums">
				{figures.filter((figure) => figure !== null).join(' · ')}
			</span>
			<Button size="sm" onClick={() => void updates.stop()}>
				{t('Stop')}
			</Button>
		</UpdateCard>
	);
}

function Ready({ status }: { status: Extract<UpdateStatus, { state: 'ready' }> }) {
	const { updates } = useServices();
	const { update, onQuit, canCancel } = status;
	return (
		<UpdateCard
			update={update}
			title={
				onQuit
					? t('Assay {version} installs when you quit', { version: update.version })
					: t('Assay {version} is ready to install', { version: update.version })
			}
		>
			<Button kind="primary" icon={RotateCcw} onClick={() => void updates.install('now')}>
				{t('Install and restart')}
			</Button>
			{onQuit ? null : <Button onClick={() => void updates.install('on-quit')}>{t('Install on quit')}</Button>}
			{onQuit && !canCancel ? null : (
				<Button kind="ghost" onClick={() => void updates.postpone()}>
					{onQuit ? t('Don’t install') : t('Later')}
				</Button>
			)}
			{canCancel ? null : (
				<p className="w-full text-xs text-ink-2">{t('On macOS, “Install on quit” can’t be undone.')}</p>
			)}
			<p className="w-full text-xs text-ink-3">
				{t(
					'Signature and hash verified. Answers in progress are kept. Once the new version has opened your data folder, older versions can’t.',
				)}
			</p>
		</UpdateCard>
	);
}

const failureTitles = {
	check: t('Couldn’t check for updates'),
	download: t('Couldn’t download the update'),
	install: t('Couldn’t install the update'),
};

function Failed({ status }: { status: Extract<UpdateStatus, { state: 'failed' }> }) {
	const { models, toasts, updates } = useServices();
	const { retry, failure } = status;
	const blocked = failure.code === 'network-blocked';
	const again = {
		check: () => void updates.check(),
		download: () => void updates.download(),
		install: () => void updates.install('now'),
	}[retry];
	return (
		<FailureCard
			title={failureTitles[retry]}
			failure={blocked ? { ...failure, next: [] } : failure}
			actions={
				<>
					<Button
						size="sm"
						icon={RotateCcw}
						onClick={() => {
							if (!blocked) return again();
							models.hub.allowNetwork().then(again, (error: unknown) => toasts.fail(toFailure(error).message));
						}}
					>
						{blocked
							? t('Allow the network and try again')
							: retry === 'install'
								? t('Install and restart')
								: t('Try again')}
					</Button>
					{retry === 'check' ? null : (
						<Button size="sm" kind="ghost" onClick={() => void updates.check()}>
							{t('Check for updates')}
						</Button>
					)}
				</>
			}
		/>
	);
}
