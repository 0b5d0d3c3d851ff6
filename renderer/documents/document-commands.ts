import { FilePlus, LibraryBig, MessageSquare, Plus, Search, Trash2 } from 'lucide-react';
import type { Collection } from '../../electron/contract/documents/schema.ts';
import type { Command } from '../app/command.ts';
import { moveToTrash } from '../app/move-to-trash.ts';
import { t } from '../messages/t.ts';
import type { Services } from '../services.ts';
import { askCollection } from './document-actions.ts';

/** Lists commands for collections of documents. */
export function listDocumentCommands({ layout }: Services): Command[] {
	return [
		{
			id: 'new-collection',
			label: t('New collection'),
			synonyms: t('create documents folder files knowledge rag context'),
			icon: Plus,
			run() {
				layout.go({ section: 'documents', collectionId: null });
				layout.set({ asked: { what: 'new-collection' } });
			},
		},
	];
}

/** Lists what can be done with each collection. */
export function listCommandsOfCollections(services: Services): Command[] {
	const { documents, layout } = services;
	return documents.state.getState().collections.flatMap((collection): Command[] => {
		const { id, name } = collection;
		const open = () => layout.go({ section: 'documents', collectionId: id });
		return [
			{
				id: `collection-${id}`,
				label: name,
				synonyms: t('open show documents collection'),
				icon: LibraryBig,
				run: open,
			},
			{
				id: `ask-collection-${id}`,
				label: t('Ask in a conversation'),
				detail: name,
				synonyms: name,
				icon: MessageSquare,
				run: () => void askCollection(services, id),
			},
			{
				id: `search-collection-${id}`,
				label: t('Search {name}', { name }),
				synonyms: t('documents collection find passages'),
				icon: Search,
				run() {
					open();
					requestAnimationFrame(() => document.querySelector<HTMLElement>('[data-document-search]')?.focus());
				},
			},
			{
				id: `add-to-collection-${id}`,
				label: t('Add documents to {name}', { name }),
				synonyms: t('collection files folder import upload paste'),
				icon: FilePlus,
				run() {
					open();
					layout.set({ asked: { what: 'add-documents' } });
				},
			},
			{
				id: `delete-collection-${id}`,
				label: t('Move {name} to the trash', { name }),
				synonyms: t('collection documents delete remove'),
				icon: Trash2,
				run: () => void removeCollection(services, collection),
			},
		];
	});
}

/** Moves a collection to the trash and offers to undo. */
export function removeCollection(services: Services, { id, name }: Collection): Promise<void> {
	const { documents, layout } = services;
	const go = (collectionId: number | null) => layout.go({ section: 'documents', collectionId });
	return moveToTrash(
		services,
		name,
		() => documents.remove(id).then(() => go(null)),
		() => documents.restore(id).then(() => go(id)),
	);
}
