import { ListChecks } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { DatasetVersion } from '../../electron/contract/dataset/schema.ts';
import { Button } from '../design/button.tsx';
import { ChoiceMenu } from '../design/choice-menu.tsx';
import { EmptyState } from '../design/empty-state.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatDuration } from '../design/format.ts';
import { ProgressBar } from '../design/progress-bar.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { CheckFindings } from './check-findings.tsx';
import type { Check } from './check-store.ts';
import { shownVersion } from './dataset-store.ts';
import { describeDatasetJob } from './job-watch.ts';
import { LengthsCard } from './length-histogram.tsx';

/** Problems with the samples of the version on the screen, and their lengths. */
export function ChecksView() {
	const { datasetChecks, datasets } = useServices();
	const version = useStore(datasets.state, shownVersion);
	const check = useStore(datasetChecks.state, (checks) => checks[version?.id ?? 0]);
	if (version === undefined) return null;
	return (
		<div className="min-h-0 flex-1 overflow-x-hidden overflow-y-auto border-t border-line px-5 py-4">
			<State version={version} check={check} />
		</div>
	);
}

function State({ version, check }: { version: DatasetVersion; check: Check | undefined }) {
	if (check === undefined) {
		return (
			<EmptyState icon={ListChecks} title={t('Not checked yet')} actions={<Start version={version} primary />}>
				{t(
					'Finds duplicates, samples in two splits, personal data and unusual lengths in {samples, plural, one {# sample} other {# samples}}.',
					{ samples: version.samples },
				)}
			</EmptyState>
		);
	}
	switch (check.status) {
		case 'running':
			return <Running versionId={version.id} check={check} />;
		case 'failed':
			return (
				<FailureCard
					title={t('Couldn’t check the samples')}
					failure={check.failure}
					actions={<Start version={version} primary again />}
				/>
			);
		case 'done': {
			const { report } = check;
			const stale = report.revision !== version.revision;
			return (
				<div className="flex max-w-190 flex-col gap-5">
					<div className="flex flex-wrap items-center gap-2">
						<p className="flex-1 text-xs text-ink-2 tabular-nums">
							{stale
								? t(
										'Samples have changed since this check ({samples, plural, one {# sample} other {# samples}} in {time}).',
										{
											samples: report.samples,
											time: formatDuration(report.ms),
										},
									)
								: t('Checked {samples, plural, one {# sample} other {# samples}} in {time}.', {
										samples: report.samples,
										time: formatDuration(report.ms),
									})}
						</p>
						<Start version={version} primary={stale} again />
					</div>
					<CheckFindings check={check} />
					<LengthsCard lengths={report.lengths} />
				</div>
			);
		}
	}
}

function Running({ versionId, check }: { versionId: number; check: Extract<Check, { status: 'running' }> }) {
	const { datasetChecks, datasetJobs } = useServices();
	const job = useStore(datasetJobs.state, (jobs) => jobs[check.job.id]) ?? check.job;
	return (
		<section
			aria-label={t('Progress')}
			className="flex items-center gap-4 rounded-lg border border-line bg-sunken px-3.5 py-2.5"
		>
			<div className="min-w-0 flex-1">
				<div className="mb-1.5 flex gap-3">
					<span className="min-w-0 flex-1 truncate font-medium">{t('Checking samples')}</span>
					<span className="text-xs text-ink-2 tabular-nums">{describeDatasetJob(job)}</span>
				</div>
				<ProgressBar
					label={t('Checking samples')}
					value={job.total === null || job.total === 0 ? null : Math.min(1, job.done / job.total)}
				/>
			</div>
			<Button size="sm" onClick={() => void datasetChecks.cancel(versionId)}>
				{t('Cancel')}
			</Button>
		</section>
	);
}

function Start({ version, primary, again = false }: { version: DatasetVersion; primary: boolean; again?: boolean }) {
	const { datasetChecks, models } = useServices();
	const files = useStore(models.state, (state) => state.models);
	const states = useStore(models.state, (state) => state.states);
	const loaded = files.filter(({ id }) => states[id]?.state === 'loaded');
	const [counter, setCounter] = useState<number | null>(null);
	const chosen = loaded.find(({ id }) => id === counter)?.id ?? null;
	return (
		<>
			{loaded.length === 0 ? null : (
				<ChoiceMenu
					label={t('Length unit')}
					value={String(chosen ?? 'words')}
					options={[
						{ value: 'words', words: t('Lengths in words') },
						...loaded.map(({ id, name }) => ({ value: String(id), words: t('Lengths in {name} tokens', { name }) })),
					]}
					onChange={(value) => setCounter(value === 'words' ? null : Number(value))}
				/>
			)}
			<Button
				kind={primary ? 'primary' : 'secondary'}
				blocked={version.samples === 0 ? t('The dataset has no samples') : undefined}
				onClick={() => void datasetChecks.start(version.id, chosen)}
			>
				{again ? t('Check again') : t('Check samples')}
			</Button>
		</>
	);
}
