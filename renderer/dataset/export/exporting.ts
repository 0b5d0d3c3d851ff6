import type { DatasetExportFormat } from '../../../electron/contract/dataset/export.ts';
import { getWindowBridge } from '../../connection/bridge.ts';
import { toFailure } from '../../connection/failure.ts';
import { formatBytes, formatQuantity } from '../../design/format.ts';
import type { Services } from '../../services.ts';
import { shownVersion } from '../datasets.ts';
import { isFiltered, toSampleQuery } from '../sample/samples.ts';

export const exportFormats: readonly { format: DatasetExportFormat; words: string; detail: string }[] = [
	{ format: 'jsonl', words: 'Samples (JSON Lines)', detail: 'Everything of each sample, to import again' },
	{ format: 'csv', words: 'Table (CSV)', detail: 'One row a sample, for a spreadsheet' },
	{ format: 'messages', words: 'Messages for fine-tuning', detail: 'JSON Lines: input and target as turns' },
	{ format: 'preference', words: 'Preference pairs', detail: 'JSON Lines: prompt, chosen, rejected' },
	{ format: 'promptfoo', words: 'promptfoo tests', detail: 'YAML' },
	{ format: 'inspect', words: 'Inspect samples', detail: 'JSON Lines' },
];

/** Why no sample says anything in a format, and what to do. */
const nothingSaid: Partial<Record<DatasetExportFormat, string>> = {
	messages: 'No sample has a target, which is what a model would learn to answer. Add targets first.',
	preference: 'No sample has a better and a worse answer. They come from corrections and thumbs in conversations.',
};

/** Writes a file of what is shown, and saves it where the person says (window) or as a download (browser tab). */
export async function exportShown(services: Services, format: DatasetExportFormat): Promise<void> {
	const { connection, datasetJobs, datasets, samples, toasts } = services;
	const version = shownVersion(datasets.state.getState());
	if (version === undefined) return;
	const { filter } = samples.state.getState();
	try {
		const job = await connection.client.datasets.export({
			versionId: version.id,
			filter: toSampleQuery(filter),
			format,
		});
		if (!(await datasetJobs.end(job))) return;
		const made = await connection.client.datasets.exported({ jobId: job.id });
		if (made.samples === 0) return toasts.show({ text: nothingSaid[format] ?? 'There is no sample to save.' });
		const bridge = getWindowBridge();
		const saved = bridge ? await bridge.saveExport(made.path) : download(made.ticket);
		if (saved === null) return;
		const what = `${formatQuantity(made.samples, 'sample')}${isFiltered(filter) ? ' found' : ''} saved, ${formatBytes(made.sizeBytes)}`;
		const rest = made.leftOut === 0 ? '' : `; ${formatQuantity(made.leftOut, 'sample')} left out`;
		toasts.show({ text: `${what}${rest}${saved === '' ? '' : `: ${saved}`}` });
	} catch (error) {
		toasts.fail(toFailure(error).message);
	}
}

/** The browser streams it to the disk; the address is worth something once. */
function download(ticket: string): '' {
	const link = document.createElement('a');
	link.href = `/download/${ticket}`;
	link.download = '';
	link.click();
	return '';
}
