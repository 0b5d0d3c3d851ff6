import { FolderMinus, Tags } from 'lucide-react';
import type { Folder, Tag } from '../../../electron/contract/conversation/organise.ts';
import { counted } from '../../design/format.ts';
import type { Services } from '../../services.ts';
import { orToast } from '../actions.ts';
import { inPieces, settle } from './change.ts';

/** Makes a folder and puts conversations into it. */
export async function newFolder(services: Services, name: string, ids: readonly number[]): Promise<void> {
	const { folders, organise } = services.connection.client;
	const folder = await folders.create({ name });
	await inPieces(ids, (some) => organise.move({ ids: some, folderId: folder.id }));
	services.selection.clear();
	services.organisation.setFolderOpen(folder.id, ids.length > 0);
	await settle(services);
}

/** A folder's conversations stay; the folder can be had back as it was. */
export async function removeFolder(services: Services, folder: Folder): Promise<void> {
	const { folders, organise } = services.connection.client;
	await orToast(services, async () => {
		const { conversationIds } = await folders.remove({ id: folder.id });
		await settle(services);
		services.toasts.show({
			text: `Folder ${folder.name} removed${conversationIds.length === 0 ? '' : '; its conversations stay'}`,
			icon: FolderMinus,
			action: {
				label: 'Undo',
				run: () =>
					void orToast(services, async () => {
						const { id } = await folders.create({ name: folder.name });
						await inPieces(conversationIds, (some) => organise.move({ ids: some, folderId: id }));
						await settle(services);
					}),
			},
		});
	});
}

/** Moves a folder up (−1) or down (1) in the list. */
export async function shiftFolder(services: Services, id: number, by: -1 | 1): Promise<void> {
	const order = services.organisation.state.getState().overview?.folders ?? [];
	const at = order.findIndex((folder) => folder.id === id);
	const target = by === -1 ? order[at - 1] : order[at + 2];
	if (at === -1 || (by === -1 && target === undefined) || (by === 1 && at === order.length - 1)) return;
	await orToast(services, async () => {
		await services.connection.client.folders.place({ id, beforeId: target?.id ?? null });
		await settle(services);
	});
}

export async function removeTag(services: Services, { id, name }: Tag): Promise<void> {
	const { tags, organise } = services.connection.client;
	await orToast(services, async () => {
		const { conversationIds } = await tags.remove({ id });
		await settle(services);
		services.toasts.show({
			text: `Tag ${name} taken off ${counted(conversationIds.length, 'conversation')}`,
			icon: Tags,
			action: {
				label: 'Undo',
				run: () =>
					void orToast(services, async () => {
						await inPieces(conversationIds, (some) => organise.tag({ ids: some, add: [name] }));
						await settle(services);
					}),
			},
		});
	});
}

/** Gives a folder or a tag another name. */
export async function rename(services: Services, what: 'folder' | 'tag', id: number, name: string): Promise<void> {
	const { folders, tags } = services.connection.client;
	await (what === 'folder' ? folders.rename({ id, name }) : tags.rename({ id, name }));
	await settle(services);
}
