import type { Selection } from '../../electron/contract/dataset/schema.ts';
import { copyText } from '../app/clipboard.ts';
import { toFailure } from '../connection/failure.ts';
import { formatCount } from '../design/format.ts';
import { t } from '../messages/t.ts';
import type { Services } from '../services.ts';
import { changeSamples } from './change-samples.ts';
import { isChangeable } from './dataset-store.ts';
import { toSampleQuery } from './sample-list-store.ts';

/** Removes the selected sample from the dataset and selects its neighbour. */
export async function removeSelectedSample(services: Services): Promise<void> {
	const { connection, datasets, samples, toasts } = services;
	const { selected } = samples.state.getState();
	if (selected === null) return;
	if (!isChangeable(datasets.state.getState())) {
		return toasts.show({ text: t('Only the newest version can be edited. Switch to it to remove rows.') });
	}
	await changeSamples(
		services,
		(datasetId) => connection.client.datasets.samples.remove({ datasetId, selection: { ids: [selected.id] } }),
		() => t('Sample {count} removed', { count: formatCount(selected.index + 1) }),
	);
}

/** Returns everything that matches the filter, as call input. */
export function selectShownSamples({ samples }: Pick<Services, 'samples'>): Selection {
	return { filter: toSampleQuery(samples.state.getState().filter) };
}

export async function removeShownSamples(services: Services): Promise<void> {
	await changeSamples(
		services,
		(datasetId) =>
			services.connection.client.datasets.samples.remove({ datasetId, selection: selectShownSamples(services) }),
		({ changed }) => t('{changed, plural, one {# sample} other {# samples}} removed', { changed }),
	);
}

/** Copies the whole row as tab-separated values for spreadsheets. */
export async function copyRow({ connection, samples, toasts }: Services): Promise<void> {
	const { selected, versionId } = samples.state.getState();
	if (selected === null || versionId === null) return;
	try {
		const sample = await connection.client.datasets.samples.get({ versionId, sampleId: selected.id });
		const input = typeof sample.input === 'string' ? sample.input : JSON.stringify(sample.input);
		const cells = [sample.key, input, sample.target ?? '', sample.tags.join(', '), sample.split];
		if (await copyText(cells.map(cell).join('\t'))) toasts.show({ text: t('Row copied') });
	} catch (error) {
		toasts.fail(toFailure(error).message);
	}
}

/** Quotes a cell that contains a tab, a quote or a line break. */
function cell(text: string): string {
	return /[\t\n\r"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
