import { Download } from 'lucide-react';
import { useStore } from 'zustand';
import type { DatasetExportFormat } from '../../electron/contract/dataset/schema.ts';
import { toFailure } from '../connection/failure.ts';
import { saveExport } from '../connection/save-file.ts';
import { Button, buttonClass } from '../design/button.tsx';
import { formatBytes } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Menu, MenuItem } from '../design/menu.tsx';
import { Spinner } from '../design/spinner.tsx';
import { t } from '../messages/t.ts';
import { type Services, useServices } from '../services.ts';
import { shownVersion } from './dataset-store.ts';
import { describeDatasetJob } from './job-watch.ts';
import { isFiltered, type SampleListFilter, toSampleQuery } from './sample-list-store.ts';

/** Saves the shown samples in one of several formats. */
export function ExportMenu() {
	const services = useServices();
	const { datasetJobs } = services;
	const running = useStore(datasetJobs.state, (jobs) =>
		Object.values(jobs).find(({ kind }) => kind === 'dataset-export'),
	);
	if (running !== undefined) {
		return (
			<>
				<span role="status" className="inline-flex items-center gap-1.5 text-xs text-ink-2 tabular-nums">
					<Spinner />
					{describeDatasetJob(running)}
				</span>
				<Button kind="ghost" onClick={() => void datasetJobs.cancel(running.id)}>
					{t('Cancel')}
				</Button>
			</>
		);
	}
	return (
		<Menu
			width={280}
			trigger={
				<button type="button" className={buttonClass('ghost')}>
					<Icon of={Download} size={14} />
					{t('Export')}
				</button>
			}
		>
			{exportFormats.map(({ format, words, detail }) => (
				<MenuItem key={format} onSelect={() => void exportShown(services, format)}>
					<span className="block py-1">
						{words}
						<span className="block text-xs whitespace-normal text-ink-3">{detail}</span>
					</span>
				</MenuItem>
			))}
		</Menu>
	);
}

export const exportFormats: readonly { format: DatasetExportFormat; words: string; detail: string }[] = [
	{ format: 'jsonl', words: t('Samples (JSON Lines)'), detail: t('All sample data. Can be imported again.') },
	{ format: 'csv', words: t('Table (CSV)'), detail: t('One row per sample, for spreadsheets') },
	{ format: 'messages', words: t('Messages for fine-tuning'), detail: t('JSON Lines: input and target as turns') },
	{ format: 'preference', words: t('Preference pairs'), detail: t('JSON Lines: prompt, chosen, rejected') },
	{ format: 'promptfoo', words: t('promptfoo tests'), detail: 'YAML' },
	{ format: 'inspect', words: t('Inspect samples'), detail: 'JSON Lines' },
];

/** Per format: why no sample can be exported, and the remedy. */
const nothingSaid: Partial<Record<DatasetExportFormat, string>> = {
	messages: t('No sample has a target to learn from. Add targets first.'),
	preference: t('No sample has a better and a worse answer. Correct or rate answers in chat to create pairs.'),
};

/** Exports the shown samples. */
async function exportShown(services: Services, format: DatasetExportFormat): Promise<void> {
	const version = shownVersion(services.datasets.state.getState());
	if (version !== undefined)
		await exportSamples(services, version.id, services.samples.state.getState().filter, format);
}

/** Exports samples of a version to a file: where the user chooses (window), or as a download (browser tab). */
export async function exportSamples(
	{ connection, datasetJobs, toasts }: Services,
	versionId: number,
	filter: SampleListFilter,
	format: DatasetExportFormat,
): Promise<void> {
	try {
		const job = await connection.client.datasets.export({ versionId, filter: toSampleQuery(filter), format });
		if (!(await datasetJobs.end(job))) return;
		const exported = await connection.client.datasets.exported({ jobId: job.id });
		if (exported.samples === 0) return toasts.note({ text: nothingSaid[format] ?? t('No samples to export') });
		const saved = await saveExport(exported);
		if (saved === null) return;
		const what = describeExport(exported, isFiltered(filter));
		toasts.show({ text: saved === '' ? what : t('{what}: {path}', { what, path: saved }) });
	} catch (error) {
		toasts.fail(toFailure(error).message);
	}
}

/** Describes an export: "12 matching samples saved, 4.1 kB; 3 samples skipped". */
function describeExport(
	{ samples, sizeBytes, leftOut }: { samples: number; sizeBytes: number; leftOut: number },
	filtered: boolean,
): string {
	const facts = { samples, size: formatBytes(sizeBytes) };
	const saved = filtered
		? t('{samples, plural, one {# matching sample} other {# matching samples}} saved, {size}', facts)
		: t('{samples, plural, one {# sample} other {# samples}} saved, {size}', facts);
	return leftOut === 0
		? saved
		: t('{saved}; {leftOut, plural, one {# sample} other {# samples}} skipped', { saved, leftOut });
}
