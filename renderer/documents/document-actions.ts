import { Trash2 } from 'lucide-react';
import type { Document, DocumentSource } from '../../electron/contract/documents/schema.ts';
import { moveToTrash } from '../app/move-to-trash.ts';
import { runOrToast } from '../app/run-or-toast.ts';
import { openNewConversation } from '../conversation/actions.ts';
import { toDraftKey } from '../conversation/composer/draft-store.ts';
import { t } from '../messages/t.ts';
import type { Services } from '../services.ts';
import { shownCollection } from './document-store.ts';

/** Opens a new conversation that uses the collection, with what was searched for as its message. */
export async function askCollection(services: Services, id: number): Promise<void> {
	const { documents, drafts, settings, thread } = services;
	const now = documents.state.getState();
	const question = shownCollection(now)?.id === id ? now.query.trim() : '';
	openNewConversation(services);
	await runOrToast(services, async () => {
		await thread.open(null);
		const { defaultPresetId: presetId } = settings.state.getState();
		await thread.setDocuments([{ collectionId: id }], { presetId, sampling: {}, contextSize: null });
	});
	const key = toDraftKey(null);
	if (question !== '' && (drafts.state.getState()[key] ?? '') === '') drafts.set(key, question);
}

/** Takes a document out of its collection and offers to undo. */
export function removeDocument(services: Services, { id, title }: Document): Promise<void> {
	const { documents } = services;
	return moveToTrash(
		services,
		title,
		() => documents.removeDocument(id),
		() => documents.restoreDocuments([id]),
	);
}

/** Takes a folder or another source out of its collection with its documents, and offers to undo. */
export function removeSource(services: Services, { id }: DocumentSource, name: string): Promise<void> {
	const { documents, toasts } = services;
	return runOrToast(services, async () => {
		const ids = await documents.removeSource(id);
		toasts.show({
			text: t('“{name}” was removed with {count, plural, one {# document} other {# documents}}', {
				name,
				count: ids.length,
			}),
			icon: Trash2,
			action: { label: t('Undo'), run: () => void runOrToast(services, () => documents.restoreSource(id)) },
		});
	});
}
