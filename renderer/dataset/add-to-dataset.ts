import { ListPlus } from 'lucide-react';
import { formatQuantity } from '../design/format.ts';
import type { Services } from '../services.ts';
import type { AddRequest } from './add-to-dataset-store.ts';
import { toUndoAction } from './change-samples.ts';

export interface AddOptions {
	readonly into: { readonly datasetId: number } | { readonly name: string };
	readonly tags: readonly string[];
	/** For a message: the answer is right as it is. */
	readonly approve: boolean;
}

/** Adds the requested samples, confirms the result and offers to undo. Rejects on failure. */
export async function addToDataset(services: Services, asked: AddRequest, options: AddOptions): Promise<void> {
	const { addingToDataset, connection, datasets, layout, toasts } = services;
	const onward = (datasetId: number) => ({
		onward: { label: 'Show', run: () => layout.go({ section: 'datasets', datasetId }) },
	});
	const calls = connection.client.datasets.fromConversations;
	const shared = { into: options.into, tags: [...options.tags] };
	if (asked.kind === 'message') {
		const { messageId } = asked;
		const { dataset, known, undoId } = await calls.message({ ...shared, messageId, approve: options.approve });
		addingToDataset.noteDataset(dataset.id);
		toasts.show({
			text: known ? `Already in “${dataset.name}”` : `Added to “${dataset.name}”`,
			icon: ListPlus,
			...onward(dataset.id),
			...toUndoAction(services, undoId, dataset.id),
		});
		await Promise.all([datasets.changed(dataset.id), addingToDataset.refresh(), addingToDataset.show([messageId])]);
		return;
	}
	const { dataset, changed, known, leftOut, undoId } = await calls.feedback({ ...shared, filter: asked.filter });
	addingToDataset.noteDataset(dataset.id);
	const rest = [
		known === 0 ? null : `${formatQuantity(known, 'answer')} already there`,
		leftOut === 0 ? null : `${formatQuantity(leftOut, 'answer')} without a target skipped`,
	].filter((part) => part !== null);
	toasts.show({
		text: `${formatQuantity(changed, 'sample')} added to “${dataset.name}”${rest.length === 0 ? '' : `; ${rest.join(', ')}`}`,
		icon: ListPlus,
		...onward(dataset.id),
		...toUndoAction(services, undoId, dataset.id),
	});
	await Promise.all([datasets.changed(dataset.id), addingToDataset.refresh()]);
}

/** Finds the answer for "Add to dataset" from the keyboard: the focused one, else the newest; null: none. */
export function findAnswerToAdd(
	{ feedbackReport, layout }: Services,
	newest: number | null,
	filter: AddRequest | null,
): AddRequest | null {
	const focused = document.activeElement?.closest('[data-answer]')?.getAttribute('data-answer');
	if (focused != null) return { kind: 'message', messageId: Number(focused) };
	const { section } = layout.state.getState().route;
	if (section === 'feedback') {
		const { selected } = feedbackReport.state.getState();
		return selected === null ? filter : { kind: 'message', messageId: selected.messageId };
	}
	return section === 'chat' && newest !== null ? { kind: 'message', messageId: newest } : null;
}
