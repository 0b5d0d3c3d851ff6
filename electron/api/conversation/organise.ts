import type { ConversationContext } from '../../conversation/context.ts';
import { listDrafts, setDraft } from '../../conversation/drafts/drafts.ts';
import { createFolder, placeFolder, removeFolder, renameFolder } from '../../conversation/organise/folders.ts';
import { fetchOverview } from '../../conversation/organise/overview.ts';
import { archiveConversations, moveConversations, pinConversations } from '../../conversation/organise/place.ts';
import { removeTag, renameTag, tagConversations } from '../../conversation/organise/tags.ts';
import type { TrashRetention } from '../../conversation/organise/trash/keep-trash.ts';
import { restoreConversations, trashConversations } from '../../conversation/organise/trash/trash.ts';
import type { Reader } from '../../database/reader/reader.ts';
import type { Implementer } from '../implementer.ts';

export function organiseHandlers(os: Implementer, context: ConversationContext, reader: Reader) {
	const { organise } = os;
	return {
		overview: organise.overview.handler(({ signal }) => fetchOverview(reader, signal)),
		pin: organise.pin.handler(({ input }) => ({ changed: pinConversations(context, input.ids, input.pinned) })),
		archive: organise.archive.handler(({ input }) => ({
			changed: archiveConversations(context, input.ids, input.archived),
		})),
		move: organise.move.handler(({ input }) => ({ changed: moveConversations(context, input.ids, input.folderId) })),
		tag: organise.tag.handler(({ input }) => ({ changed: tagConversations(context, input.ids, input) })),
		remove: organise.remove.handler(async ({ input }) => ({ changed: await trashConversations(context, input.ids) })),
		restore: organise.restore.handler(({ input }) => ({ changed: restoreConversations(context, input.ids) })),
	};
}

export function folderHandlers(os: Implementer, context: ConversationContext) {
	const { folders } = os;
	return {
		create: folders.create.handler(({ input }) => createFolder(context, input.name)),
		rename: folders.rename.handler(({ input }) => renameFolder(context, input.id, input.name)),
		place: folders.place.handler(({ input }) => placeFolder(context, input.id, input.beforeId)),
		remove: folders.remove.handler(({ input }) => ({ conversationIds: [...removeFolder(context, input.id)] })),
	};
}

export function tagHandlers(os: Implementer, context: ConversationContext) {
	const { tags } = os;
	return {
		rename: tags.rename.handler(({ input }) => renameTag(context, input.id, input.name)),
		remove: tags.remove.handler(({ input }) => ({ conversationIds: [...removeTag(context, input.id)] })),
	};
}

export function trashHandlers(os: Implementer, keeper: TrashRetention) {
	const { trash } = os;
	return {
		list: trash.list.handler(({ input }) => ({ conversations: [...keeper.list(input)] })),
		preview: trash.preview.handler(({ signal }) => keeper.preview(signal)),
		empty: trash.empty.handler(({ input }) => keeper.empty(input.ids ?? null, { backups: input.backups })),
	};
}

export function draftHandlers(os: Implementer, context: ConversationContext) {
	const { drafts } = os;
	return {
		list: drafts.list.handler(() => ({ drafts: [...listDrafts(context.database)] })),
		set: drafts.set.handler(({ input }) => ({ kept: setDraft(context, input.conversationId, input.text) })),
	};
}
