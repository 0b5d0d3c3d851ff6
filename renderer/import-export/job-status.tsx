import { FileInput, FileOutput } from 'lucide-react';
import { useStore } from 'zustand';
import type { Job } from '../../electron/contract/jobs/schema.ts';
import { computeJobFraction } from '../app/job-progress.tsx';
import { formatPercent } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';

const doing: Partial<Record<Job['kind'], string>> = {
	preview: t('Reading'),
	import: t('Importing'),
	export: t('Exporting'),
};

/** A running import or export while its dialog is closed; a click reopens it. */
export function JobStatus({ className }: { className: string }) {
	const { importExport } = useServices();
	const job = useStore(importExport.state, ({ jobs }) =>
		Object.values(jobs).find(({ endedAt, kind }) => endedAt === null && doing[kind] !== undefined),
	);
	const hidden = useStore(importExport.state, ({ shown }) => shown === null);
	if (job === undefined || !hidden) return null;
	const fraction = computeJobFraction(job);
	return (
		<button
			type="button"
			className={`${className} text-accent-ink`}
			onClick={() => (job.kind === 'export' ? importExport.showExport([]) : importExport.showImport())}
		>
			<Icon of={job.kind === 'export' ? FileOutput : FileInput} size={12} />
			{`${doing[job.kind]}${fraction === null ? '' : ` ${formatPercent(fraction)}`}`}
		</button>
	);
}
