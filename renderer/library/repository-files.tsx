import { ArrowDownToLine, Check } from 'lucide-react';
import { useStore } from 'zustand';
import type { Download, DownloadRequest, HubFile, HubRepository } from '../../electron/contract/library/hub.ts';
import { qualityWords } from '../../electron/contract/library/quality.ts';
import { toFailure } from '../connection/failure.ts';
import { Badge } from '../design/badge.tsx';
import { Button } from '../design/button.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatBytes, formatCount, formatList, formatPercent } from '../design/format.ts';
import { Skeleton } from '../design/skeleton.tsx';
import { t, translate } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { cell, figure, HubFitBadge } from './hub-table.tsx';
import { formatLicence } from './model-wording.ts';

/** The files of a repository, below its row. */
export function RepositoryFiles({ repository, columns }: { repository: string; columns: number }) {
	const { models } = useServices();
	const opened = useStore(models.hub.state, (state) => state.repositories[repository]);
	return (
		<tr>
			<td
				colSpan={columns}
				className="border-b border-line bg-[color-mix(in_oklab,var(--accent-soft)_42%,var(--surface))] px-3.5 pt-2.5 pb-3 shadow-[inset_2px_0_0_var(--accent)]"
			>
				{opened === undefined || opened.status === 'loading' ? (
					<div role="status" className="min-h-16">
						<span className="sr-only">{t('Loading the files of {repository}', { repository })}</span>
						<Skeleton rows={2} />
					</div>
				) : opened.status === 'failed' ? (
					<FailureCard
						title={t('Couldn’t list the files')}
						failure={opened.failure}
						actions={
							<Button size="sm" onClick={() => void models.hub.retry(repository)}>
								{t('Try again')}
							</Button>
						}
					/>
				) : (
					<Files repository={opened.repository} />
				)}
			</td>
		</tr>
	);
}

function Files({ repository }: { repository: HubRepository }) {
	const files = repository.files.filter(({ kind }) => kind === 'model');
	const others = repository.files.filter(({ kind }) => kind !== 'model');
	const facts = [
		repository.architecture,
		repository.contextLength === null ? null : t('context {tokens}', { tokens: formatCount(repository.contextLength) }),
		repository.license === null
			? t('licence not stated')
			: t('licence {license}', { license: formatLicence(repository.license) }),
		repository.chat === false ? t('no chat template: a base model, not trained to chat') : null,
	].filter((fact) => fact !== null);
	return (
		<>
			<p className="text-pretty">{repository.recommendation}</p>
			<p className="mb-2 text-xs text-ink-3">{facts.join(' · ')}</p>
			{repository.gated ? (
				<p className="mb-2 max-w-150 text-xs text-pretty text-warn">
					{t(
						'You must accept the owner’s terms first. Sign in on the hub, accept them, download the file there and add it here. Or start Assay with an access token in HF_TOKEN.',
					)}
				</p>
			) : null}
			<table
				className="w-full border-separate border-spacing-0"
				aria-label={t('Files of {repository}', { repository: repository.repository })}
			>
				<thead className="sr-only">
					<tr>
						{[t('Quantisation'), t('File'), t('Size'), t('Fit'), t('Download')].map((name) => (
							<th key={name} scope="col">
								{name}
							</th>
						))}
					</tr>
				</thead>
				<tbody className="[&>tr:last-child>td]:border-b-0">
					{files.map((file) => (
						<FileRow key={file.path} file={file} repository={repository.repository} />
					))}
				</tbody>
			</table>
			{others.length === 0 ? null : (
				<p className="mt-1.5 text-xs text-ink-3 [overflow-wrap:anywhere]">
					{t(
						'{count, plural, one {# other file isn’t a language model} other {# other files aren’t language models}}: {files}.',
						{ count: others.length, files: formatList(others.map(({ path }) => path)) },
					)}
				</p>
			)}
		</>
	);
}

function FileRow({ file, repository }: { file: HubFile; repository: string }) {
	const { path, quantization, word, sizeBytes, parts, recommended } = file;
	return (
		<tr>
			<td className={`${cell} pl-0`}>
				<span className="flex items-center gap-2">
					<span className={recommended ? 'font-medium' : ''}>
						{word === null ? t('Unknown') : translate(qualityWords[word])}
					</span>
					<span className="font-mono text-xs text-ink-2">{quantization}</span>
					{recommended ? (
						<Badge tone="accent" icon={Check}>
							{t('Recommended')}
						</Badge>
					) : null}
				</span>
			</td>
			<td
				className={`${cell} hidden w-full max-w-0 truncate font-mono text-xs text-ink-3 @2xl:table-cell`}
				title={path}
			>
				{parts > 1 ? t('{path} and {count} more', { path, count: parts - 1 }) : path}
			</td>
			<td className={figure}>{formatBytes(sizeBytes)}</td>
			<td className={cell}>
				<HubFitBadge fit={file.fit} of={quantization ?? path} />
			</td>
			<td className={`${cell} pr-0 text-right`}>
				<DownloadButton
					name={t('{quantization} of {repository}', { quantization: quantization ?? path, repository })}
					request={{ repository, file: path }}
					here={file.modelFileId !== null}
					primary={recommended}
					matches={(download) => download.repository === repository && download.path === path}
				/>
			</td>
		</tr>
	);
}

/** Downloads one file, or shows that it is in progress or already here. */
export function DownloadButton({
	name,
	request,
	here,
	matches,
	primary = false,
}: {
	/** Accessible name, as there are many of these on a page. */
	name: string;
	request: DownloadRequest;
	here: boolean;
	/** Whether a download is of this file. */
	matches: (download: Download) => boolean;
	primary?: boolean;
}) {
	const { models, settings, toasts } = useServices();
	const blocked = useStore(settings.state, (state) => state.networkBlocked);
	const words = useStore(models.state, ({ downloads }) => {
		const own = downloads.findLast((one) => matches(one) && one.state !== 'cancelled' && one.state !== 'done');
		if (own === undefined) return null;
		if (own.state === 'failed') return t('Failed');
		if (own.state === 'paused') return t('Paused');
		return own.totalBytes === 0 ? t('Downloading') : formatPercent(own.receivedBytes / own.totalBytes);
	});
	if (here) return <span className="text-xs text-ink-3">{t('Downloaded')}</span>;
	if (words !== null) return <span className="text-xs text-ink-2 tabular-nums">{words}</span>;
	return (
		<Button
			size="sm"
			kind={primary ? 'primary' : 'secondary'}
			icon={ArrowDownToLine}
			aria-label={t('Download {name}', { name })}
			blocked={blocked ? t('The network is blocked') : undefined}
			onClick={() => void models.fetch(request).catch((error: unknown) => toasts.fail(toFailure(error).message))}
		>
			{t('Download')}
		</Button>
	);
}
