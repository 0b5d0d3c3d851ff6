import { FolderSearch, X } from 'lucide-react';
import { useStore } from 'zustand';
import type { ScanReport } from '../../electron/contract/library/schema.ts';
import { Button, IconButton } from '../design/button.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { Icon } from '../design/icon.tsx';
import { ProgressBar } from '../design/progress-bar.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';

/** Describes a report: "3 added · 2 known · 1 broken, listed with what is wrong". */
export function describeScanReport({ files, added, known, broken, unreadable }: ScanReport): string {
	if (files === 0 && unreadable.length === 0) return t('No GGUF files found.');
	return [
		t('{added, plural, one {# added} other {# added}}', { added }),
		known === 0 ? null : t('{known, plural, one {# already known} other {# already known}}', { known }),
		broken === 0 ? null : t('{count, plural, one {# needs attention} other {# need attention}}', { count: broken }),
		unreadable.length === 0
			? null
			: t('{count, plural, one {# folder} other {# folders}} couldn’t be read', { count: unreadable.length }),
	]
		.filter((part) => part !== null)
		.join(' · ');
}

/** Folders being scanned, or the scan's result. */
export function ScanCard() {
	const { models } = useServices();
	const scan = useStore(models.fits.state, (state) => state.scan);
	if (scan === null || scan.job.state === 'cancelled') return null;
	const { job, report } = scan;
	if (job.failure !== null) {
		return (
			<FailureCard
				title={t('Couldn’t scan the folder')}
				failure={job.failure}
				actions={
					<Button size="sm" onClick={models.fits.dismissScan}>
						{t('Close')}
					</Button>
				}
			/>
		);
	}
	const running = job.state === 'queued' || job.state === 'running';
	return (
		<section aria-label={t('Scan')} className="rounded-lg border border-line bg-sunken py-2 pr-2 pl-3.5">
			<div className="flex min-h-6.5 items-center gap-2">
				<Icon of={FolderSearch} size={14} className="text-ink-3" />
				<span className="min-w-0 flex-1 truncate font-medium" title={job.title}>
					{job.title}
				</span>
				<span className="text-xs text-ink-2 tabular-nums" aria-live="polite">
					{running
						? t('{done, plural, one {# file} other {# files}} found so far', { done: job.done })
						: report === null
							? ''
							: describeScanReport(report)}
				</span>
				<IconButton
					icon={X}
					size="sm"
					label={running ? t('Stop scanning') : t('Close')}
					onClick={() => (running ? void models.fits.cancelScan() : models.fits.dismissScan())}
				/>
			</div>
			{running ? (
				<ProgressBar className="mt-[5px] mr-1.5" label={t('Scanning {title}', { title: job.title })} value={null} />
			) : null}
			{report !== null && report.unreadable.length > 0 ? (
				<ul className="mt-1 mr-1.5 text-xs text-ink-2">
					{report.unreadable.slice(0, 3).map(({ path, failure }) => (
						<li key={path} className="[overflow-wrap:anywhere]">
							{failure.message}
						</li>
					))}
				</ul>
			) : null}
		</section>
	);
}
