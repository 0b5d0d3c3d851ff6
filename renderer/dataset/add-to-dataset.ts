import { ListPlus } from 'lucide-react';
import { formatList } from '../design/format.ts';
import { t } from '../messages/t.ts';
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
		onward: { label: t('Show'), run: () => layout.go({ section: 'datasets', datasetId }) },
	});
	const calls = connection.client.datasets.fromConversations;
	const shared = { into: options.into, tags: [...options.tags] };
	if (asked.kind === 'message') {
		const { messageId } = asked;
		const { dataset, known, undoId } = await calls.message({ ...shared, messageId, approve: options.approve });
		addingToDataset.noteDataset(dataset.id);
		toasts.show({
			text: known ? t('Already in “{name}”', { name: dataset.name }) : t('Added to “{name}”', { name: dataset.name }),
			icon: ListPlus,
			...onward(dataset.id),
			...toUndoAction(services, undoId, dataset.id),
		});
		await Promise.all([datasets.changed(dataset.id), addingToDataset.refresh(), addingToDataset.show([messageId])]);
		return;
	}
	const { dataset, changed, known, leftOut, undoId } =
		asked.kind === 'requests'
			? await connection.client.server.addRequestsToDataset({ ...shared, ids: [...asked.ids] })
			: await calls.feedback({ ...shared, filter: asked.filter });
	addingToDataset.noteDataset(dataset.id);
	const rest = [
		known === 0 ? null : t('{known, plural, one {# answer} other {# answers}} already there', { known }),
		leftOut === 0
			? null
			: t('{leftOut, plural, one {# answer} other {# answers}} without a target skipped', { leftOut }),
	].filter((part) => part !== null);
	const added = t('{changed, plural, one {# sample} other {# samples}} added to “{name}”', {
		changed,
		name: dataset.name,
	});
	toasts.show({
		text: rest.length === 0 ? added : t('{added}; {rest}', { added, rest: formatList(rest) }),
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
