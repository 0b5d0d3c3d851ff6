import { FileInput, FileOutput, ListChecks } from 'lucide-react';
import { useStore } from 'zustand';
import type { Job } from '../../electron/contract/jobs/schema.ts';
import { formatPercent } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';

const doing: Partial<Record<Job['kind'], string>> = {
	'dataset-preview': t('Reading samples'),
	'dataset-import': t('Importing samples'),
	'dataset-export': t('Exporting samples'),
	'dataset-check': t('Checking samples'),
	'dataset-change': t('Changing samples'),
};

/** Work on datasets that continues in the background; links to its screen. */
export function DatasetJobStatus({ className }: { className: string }) {
	const { datasetImport, datasetJobs, layout } = useServices();
	const job = useStore(datasetJobs.state, (jobs) => Object.values(jobs)[0]);
	const looking = useStore(datasetImport.state, (state) => state.open);
	if (job === undefined || looking) return null;
	const { done, kind, total } = job;
	const words = `${doing[kind]}${total === null || total === 0 ? '' : ` ${formatPercent(Math.min(1, done / total))}`}`;
	function show(): void {
		layout.go({ section: 'datasets', datasetId: null });
		if (kind === 'dataset-preview' || kind === 'dataset-import') datasetImport.begin(null);
	}
	const icon = kind === 'dataset-export' ? FileOutput : kind === 'dataset-check' ? ListChecks : FileInput;
	return (
		<button type="button" className={`${className} text-accent-ink`} onClick={show}>
			<Icon of={icon} size={12} />
			{words}
		</button>
	);
}
