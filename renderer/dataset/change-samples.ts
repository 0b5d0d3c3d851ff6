import { Undo2 } from 'lucide-react';
import type { Change } from '../../electron/contract/dataset/schema.ts';
import { toFailure } from '../connection/failure.ts';
import { t } from '../messages/t.ts';
import type { Services } from '../services.ts';
import { shownDataset } from './dataset-store.ts';

type Needed = Pick<Services, 'connection' | 'datasets' | 'toasts'>;

/**
 * Changes the samples of the dataset on the screen, confirms it and offers to undo. Returns null on failure, which a
 * toast has shown.
 */
export async function changeSamples<Result extends Change>(
	services: Needed,
	work: (datasetId: number) => Promise<Result>,
	words: (result: Result) => string,
): Promise<Result | null> {
	const { datasets, toasts } = services;
	const dataset = shownDataset(datasets.state.getState());
	if (dataset === undefined) return null;
	try {
		const result = await work(dataset.id);
		datasets.showVersion(null);
		await datasets.changed(dataset.id);
		toasts.show({ text: words(result), ...toUndoAction(services, result.undoId, dataset.id) });
		return result;
	} catch (error) {
		toasts.fail(toFailure(error).message);
		return null;
	}
}

/** Returns the undo action of a change; none if there is nothing to undo. */
export function toUndoAction(
	{ connection, datasets, toasts }: Needed,
	undoId: string | null,
	datasetId: number,
): { action?: { label: string; run: () => void } } {
	if (undoId === null) return {};
	async function undo(id: string): Promise<void> {
		try {
			await connection.client.datasets.samples.undo({ undoId: id });
			await datasets.changed(datasetId);
			toasts.show({ text: t('Change undone'), icon: Undo2 });
		} catch (error) {
			toasts.fail(toFailure(error).message);
		}
	}
	return { action: { label: t('Undo'), run: () => void undo(undoId) } };
}
