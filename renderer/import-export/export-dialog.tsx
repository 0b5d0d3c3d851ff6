import { useId, useState } from 'react';
import { useStore } from 'zustand';
import type { ExportFormat } from '../../electron/contract/import-export/schema.ts';
import { computeJobFraction, describeJobProgress, JobProgress } from '../app/job-progress.tsx';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatCount } from '../design/format.ts';
import { Segmented } from '../design/segmented.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';

type Scope = 'chosen' | 'all';

/** Exports conversations: choose which and the format, then see the progress. */
export function ExportDialog() {
	const { importExport } = useServices();
	const open = useStore(importExport.state, ({ shown }) => shown === 'export');
	return open ? <OpenExportDialog /> : null;
}

function OpenExportDialog() {
	const { importExport } = useServices();
	const flow = useStore(importExport.state, (state) => state.export);
	const chosen = useStore(importExport.state, (state) => state.chosen);
	const [scope, setScope] = useState<Scope>(chosen.length > 0 ? 'chosen' : 'all');
	const [format, setFormat] = useState<ExportFormat>('markdown');
	const running = flow.step === 'running';
	const several = scope === 'all' || chosen.length > 1;
	const begin = () => void importExport.startExport(scope === 'all' ? null : chosen, format);
	return (
		<Dialog
			open
			onClose={importExport.hide}
			width={480}
			title={running ? t('Exporting conversations') : t('Export conversations')}
			actions={
				running ? (
					<>
						<Button onClick={() => void importExport.cancelExport()}>{t('Cancel export')}</Button>
						<Button kind="primary" onClick={importExport.hide}>
							{t('Run in background')}
						</Button>
					</>
				) : (
					<>
						<Button onClick={importExport.hide}>{t('Cancel')}</Button>
						<Button kind="primary" onClick={begin}>
							{scope === 'all'
								? t('Export all')
								: t('Export {count, plural, one {# conversation} other {# conversations}}', { count: chosen.length })}
						</Button>
					</>
				)
			}
		>
			<div className="mt-3.5 flex flex-col gap-3.5">
				{running ? (
					<Running jobId={flow.jobId} />
				) : (
					<>
						{flow.failure === null ? null : <FailureCard title={t('Export failed')} failure={flow.failure} />}
						{chosen.length === 0 ? null : (
							<div className="flex">
								<Segmented
									label={t('Which conversations')}
									value={scope}
									onChange={setScope}
									options={[
										{
											value: 'chosen',
											label:
												chosen.length === 1
													? t('This conversation')
													: t('{count} selected', { count: formatCount(chosen.length) }),
										},
										{ value: 'all', label: t('All conversations') },
									]}
								/>
							</div>
						)}
						<FormatChoice value={format} onChange={setFormat} several={several} />
						<p className="text-xs text-ink-3">
							{scope === 'all'
								? t('Includes archived conversations, but not the trash. The file is saved on this computer only.')
								: t('The file is saved on this computer only.')}
						</p>
					</>
				)}
			</div>
		</Dialog>
	);
}

function Running({ jobId }: { jobId: string }) {
	const { importExport } = useServices();
	const job = useStore(importExport.state, ({ jobs }) => jobs[jobId]);
	if (job === undefined) return null;
	return <JobProgress name={job.title} fraction={computeJobFraction(job)} figures={describeJobProgress(job)} />;
}

const formats: readonly { value: ExportFormat; label: string; one: string; many: string }[] = [
	{
		value: 'markdown',
		label: t('Markdown'),
		one: t('The current branch, to read and edit.'),
		many: t('The current branch of each, one file each, in a .zip.'),
	},
	{
		value: 'html',
		label: t('Web page'),
		one: t('The current branch, formatted. Opens in any browser.'),
		many: t('The current branch of each, formatted, with an index, in a .zip.'),
	},
	{
		value: 'json',
		label: 'JSON',
		one: t('Everything, including all branches and generation details. Can be imported again.'),
		many: t('Everything in one file, including branches, tags and folders. Can be imported again.'),
	},
];

/** Chooses one of three formats, with the purpose of each. */
function FormatChoice({
	value,
	onChange,
	several,
}: {
	value: ExportFormat;
	onChange: (value: ExportFormat) => void;
	several: boolean;
}) {
	const name = useId();
	return (
		<fieldset className="overflow-hidden rounded-lg border border-line">
			<legend className="sr-only">{t('Format')}</legend>
			{formats.map((format) => (
				<label
					key={format.value}
					className="flex items-start gap-3 border-b border-line px-3.5 py-2.5 last:border-b-0 hover:bg-hover has-checked:bg-accent-soft has-focus-visible:outline-2 has-focus-visible:-outline-offset-2 has-focus-visible:outline-focus"
				>
					<input
						type="radio"
						name={name}
						value={format.value}
						aria-label={format.label}
						checked={format.value === value}
						onChange={() => onChange(format.value)}
						className="mt-[3px] size-3.5 flex-none appearance-none rounded-full border-[1.5px] border-control outline-none checked:border-[4.5px] checked:border-accent"
					/>
					<span className="min-w-0">
						<span className="block font-medium">{format.label}</span>
						<span className="block text-xs text-ink-2">{several ? format.many : format.one}</span>
					</span>
				</label>
			))}
		</fieldset>
	);
}
