import type { ConversationContext } from '../conversation/context.ts';
import {
	changeModel,
	changeSystemPrompt,
	nextPrompt,
	openConversation,
	renameConversation,
	restoreConversation,
	selectBranch,
	trashConversation,
} from '../conversation/edit-conversation.ts';
import { regenerate, sendMessage } from '../conversation/send-message.ts';
import { listConversations, listTagged } from '../conversation/store/lists.ts';
import type { Reader } from '../database/reader/reader.ts';
import { countTokensHandlers } from './conversation/attachments.ts';
import { branchHandlers } from './conversation/branches.ts';
import { optionHandlers } from './conversation/presets.ts';
import type { Implementer } from './implementer.ts';

export function conversationHandlers(os: Implementer, context: ConversationContext, reader: Reader) {
	const { conversations } = os;
	return {
		list: conversations.list.handler(async ({ input: { tagId, ...page }, signal }) => ({
			conversations: [
				...(tagId === undefined
					? listConversations(context.database, page)
					: await listTagged(reader, { ...page, tagId }, signal)),
			],
		})),
		get: conversations.get.handler(({ input }) => openConversation(context, input.id)),
		rename: conversations.rename.handler(({ input }) => renameConversation(context, input.id, input.title)),
		setSystemPrompt: conversations.setSystemPrompt.handler(({ input }) =>
			changeSystemPrompt(context, input.id, input.systemPrompt),
		),
		setModel: conversations.setModel.handler(({ input }) => changeModel(context, input.id, input.modelFileId)),
		remove: conversations.remove.handler(({ input }) => trashConversation(context, input.id)),
		restore: conversations.restore.handler(({ input }) => restoreConversation(context, input.id)),
		selectBranch: conversations.selectBranch.handler(({ input }) => selectBranch(context, input.id, input.messageId)),
		...branchHandlers(os, context),
		...countTokensHandlers(os, context),
		...optionHandlers(os, context),
		send: conversations.send.handler(({ input }) => sendMessage(context, input)),
		regenerate: conversations.regenerate.handler(({ input }) => regenerate(context, input)),
		prompt: conversations.prompt.handler(({ input, signal }) => nextPrompt(context, input.id, signal)),
	};
}
