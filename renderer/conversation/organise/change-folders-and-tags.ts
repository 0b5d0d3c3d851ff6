import { FolderMinus, Tags } from 'lucide-react';
import type { Folder, Tag } from '../../../electron/contract/conversation/schema.ts';
import { runOrToast } from '../../app/run-or-toast.ts';
import { t } from '../../messages/t.ts';
import type { Services } from '../../services.ts';
import { runInBatches, showPlacements } from './change-conversations.ts';

/** Creates a folder and moves conversations into it. */
export async function createFolder(services: Services, name: string, ids: readonly number[]): Promise<void> {
	const { folders, organise } = services.connection.client;
	const folder = await folders.create({ name });
	await runInBatches(ids, (some) => organise.move({ ids: some, folderId: folder.id }));
	services.selection.clear();
	services.organisation.setFolderOpen(folder.id, ids.length > 0);
	await showPlacements(services);
}

/** Deletes a folder but keeps its conversations; undo restores the folder as it was. */
export async function removeFolder(services: Services, folder: Folder): Promise<void> {
	const { folders, organise, memory } = services.connection.client;
	await runOrToast(services, async () => {
		const { conversationIds, factIds } = await folders.remove({ id: folder.id });
		await showPlacements(services);
		services.toasts.show({
			text:
				conversationIds.length === 0
					? t('Folder {name} removed', { name: folder.name })
					: t('Folder {name} removed. Its conversations were kept.', { name: folder.name }),
			icon: FolderMinus,
			action: {
				label: t('Undo'),
				run: () =>
					void runOrToast(services, async () => {
						const { id } = await folders.create({ name: folder.name });
						await runInBatches(conversationIds, (some) => organise.move({ ids: some, folderId: id }));
						await runInBatches(factIds, (some) => memory.move({ ids: some, folderId: id }));
						await showPlacements(services);
					}),
			},
		});
	});
}

/** Moves a folder up (−1) or down (1) in the list. */
export async function reorderFolder(services: Services, id: number, by: -1 | 1): Promise<void> {
	const order = services.organisation.state.getState().overview?.folders ?? [];
	const at = order.findIndex((folder) => folder.id === id);
	const target = by === -1 ? order[at - 1] : order[at + 2];
	if (at === -1 || (by === -1 && target === undefined) || (by === 1 && at === order.length - 1)) return;
	await runOrToast(services, async () => {
		await services.connection.client.folders.place({ id, beforeId: target?.id ?? null });
		await showPlacements(services);
	});
}

export async function removeTag(services: Services, { id, name }: Tag): Promise<void> {
	const { tags, organise } = services.connection.client;
	await runOrToast(services, async () => {
		const { conversationIds } = await tags.remove({ id });
		await showPlacements(services);
		services.toasts.show({
			text: t('Tag {name} removed from {count, plural, one {# conversation} other {# conversations}}', {
				name,
				count: conversationIds.length,
			}),
			icon: Tags,
			action: {
				label: t('Undo'),
				run: () =>
					void runOrToast(services, async () => {
						await runInBatches(conversationIds, (some) => organise.tag({ ids: some, add: [name] }));
						await showPlacements(services);
					}),
			},
		});
	});
}

/** Renames a folder or a tag. */
export async function renameFolderOrTag(
	services: Services,
	what: 'folder' | 'tag',
	id: number,
	name: string,
): Promise<void> {
	const { folders, tags } = services.connection.client;
	await (what === 'folder' ? folders.rename({ id, name }) : tags.rename({ id, name }));
	await showPlacements(services);
}
