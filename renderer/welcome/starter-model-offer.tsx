import { ArrowDownToLine, Check, X } from 'lucide-react';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import type { CatalogueEntry } from '../../electron/contract/library/hub.ts';
import { toFailure } from '../connection/failure.ts';
import { Badge } from '../design/badge.tsx';
import { Button } from '../design/button.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatAlternatives, formatBytes, formatPercent } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { ProgressBar } from '../design/progress-bar.tsx';
import { Spinner } from '../design/spinner.tsx';
import { formatDownloadProgress, isRunning } from '../library/download-wording.ts';
import { findDownload } from '../library/library-store.ts';
import { loadStageLabels } from '../library/load-state.ts';
import { t, translate } from '../messages/t.ts';
import { useServices } from '../services.ts';

/** The starter model: an honest description, one click to download it, then every step to the first answer. */
export function StarterModelOffer({ entry }: { entry: CatalogueEntry }) {
	const { models, toasts, settings } = useServices();
	const blocked = useStore(settings.state, ({ networkBlocked }) => networkBlocked);
	const download = useStore(models.state, ({ downloads }) => findDownload(downloads, entry.id));
	const fetched = useStore(
		models.state,
		({ models: files }) =>
			files.find(({ id, sha256 }) => id === download?.modelFileId || sha256 === entry.sha256)?.id ?? null,
	);
	const state = useStore(models.state, ({ states }) => (fetched === null ? undefined : states[fetched]));
	const failedLoad = state?.state === 'unloaded' ? state.failure : null;
	const idle = fetched !== null && (state === undefined || (state.state === 'unloaded' && state.failure === null));
	useEffect(() => {
		if (idle && fetched !== null) void models.load(fetched);
	}, [idle, fetched, models]);

	const running = download !== undefined && isRunning(download);
	// While it waits for a retry, the cause and the button are more useful than the bar.
	const failure =
		fetched === null && (download?.state === 'failed' || download?.state === 'waiting') ? download.failure : null;
	const done = fetched !== null || download?.state === 'done';
	const step = state?.state === 'loaded' ? 4 : done ? 2 : download?.state === 'verifying' ? 1 : 0;
	const begun = running || done;
	const pull = () =>
		models.fetch({ catalogueId: entry.id }).catch((error: unknown) => toasts.fail(toFailure(error).message));
	return (
		<section
			aria-label={t('Starter model')}
			className="mt-6 rounded-xl border border-line-strong bg-raised px-5 pt-4.5 pb-4 shadow-sheet [@media(max-height:760px)]:mt-4"
		>
			<div className="flex items-start gap-6">
				<div className="min-w-0 flex-1">
					<h2 className="flex items-center gap-2 text-md font-semibold tracking-[-0.01em]">
						{entry.name}
						{step === 4 ? (
							<Badge tone="good" icon={Check}>
								{t('Ready')}
							</Badge>
						) : null}
					</h2>
					<p className="mt-0.5 text-pretty text-ink-2">{translate(entry.description)}</p>
				</div>
				<div className="flex flex-col text-right whitespace-nowrap">
					<span className="text-md font-semibold tabular-nums">{formatBytes(entry.sizeBytes)}</span>
					<span className="text-xs text-ink-3">
						{entry.quantization}, {entry.license}
					</span>
				</div>
			</div>
			{begun ? (
				<>
					<ProgressBar
						className="mt-4"
						label={t('Starter model')}
						value={progressOf(step, download, state?.state === 'loading' ? state.progress.fraction : null)}
					/>
					<div className="-mr-2 mt-1.5 flex h-6.5 items-center">
						<span className="flex-1 tabular-nums">
							{running && download ? (
								<Figures text={formatDownloadProgress(download)} />
							) : step === 4 ? (
								t('Write a message below.')
							) : (
								loadFigures(state)
							)}
						</span>
						{running && download ? (
							<Button kind="ghost" size="sm" icon={X} onClick={() => void models.cancelDownload(download.id)}>
								{t('Cancel')}
							</Button>
						) : null}
					</div>
					<Steps at={step} />
				</>
			) : failure === null ? (
				<div className="mt-4 flex items-center gap-3">
					<Button
						kind="primary"
						icon={ArrowDownToLine}
						data-region-focus
						blocked={blocked ? t('The network is blocked in Settings') : undefined}
						onClick={() => void pull()}
					>
						{t('Download model')}
					</Button>
					<span className="text-xs text-ink-3">
						{t('from {sources}', { sources: formatAlternatives(entry.sources) })}
					</span>
				</div>
			) : null}
			{failure === null ? null : (
				<div className="mt-4">
					<FailureCard
						title={t('Download failed')}
						failure={failure}
						actions={
							<Button size="sm" onClick={() => void pull()}>
								{t('Try again')}
							</Button>
						}
					/>
				</div>
			)}
			{failedLoad === null || fetched === null ? null : (
				<div className="mt-4">
					<FailureCard
						title={t('Couldn’t load the model')}
						failure={failedLoad}
						actions={
							<Button size="sm" onClick={() => void models.load(fetched)}>
								{t('Try again')}
							</Button>
						}
					/>
				</div>
			)}
		</section>
	);
}

function Figures({ text }: { text: string }) {
	const [first = '', ...rest] = text.split(' · ');
	return (
		<>
			<span className="font-medium">{first}</span>
			{rest.length === 0 ? null : <span className="text-ink-2"> · {rest.join(' · ')}</span>}
		</>
	);
}

function progressOf(
	step: number,
	download: { receivedBytes: number; totalBytes: number } | undefined,
	loaded: number | null,
): number | null {
	if (step >= 4) return 1;
	if (step === 2) return loaded;
	return download === undefined || download.totalBytes === 0 ? null : download.receivedBytes / download.totalBytes;
}

function loadFigures(
	state: { state: string; progress?: { stage: string; fraction: number | null } } | undefined,
): string {
	const { stage, fraction } = state?.progress ?? { stage: 'starting', fraction: null };
	const words = loadStageLabels[stage] ?? stage;
	return fraction === null ? words : `${words} · ${formatPercent(fraction)}`;
}

export const stepNames = [t('Download'), t('Check SHA-256'), t('Load and choose threads'), t('Ready')] as const;

/** The steps until the model answers; `at` is the current step, 4 when all are done. */
function Steps({ at }: { at: number }) {
	return (
		<ol className="mt-2.5 flex flex-wrap gap-x-[22px] gap-y-1 border-t border-line pt-[13px] text-xs text-ink-3">
			{stepNames.map((name, index) => {
				const done = index < at;
				const now = index === at;
				return (
					<li
						key={name}
						aria-current={now ? 'step' : undefined}
						className={`flex items-center gap-[7px] ${now ? 'font-medium text-ink' : done ? 'text-ink-2' : ''}`}
					>
						{now ? (
							<Spinner size={14} />
						) : (
							<span
								className={`grid size-3.5 place-items-center rounded-full ${done ? 'bg-accent text-on-accent' : 'inset-ring-[1.5px] inset-ring-line-strong'}`}
							>
								{done ? <Icon of={Check} size={12} /> : null}
							</span>
						)}
						{name}
						{done ? <span className="sr-only"> {t('(done)')}</span> : null}
					</li>
				);
			})}
		</ol>
	);
}
