import { addAttachment } from '../../conversation/attachment/attachments.ts';
import { readAttachmentFile } from '../../conversation/attachment/reading/read-file.ts';
import type { ConversationContext } from '../../conversation/context.ts';
import { countPromptTokens } from '../../conversation/measure/measure-prompt.ts';
import { attachedText, removeWaitingAttachment, waitingAttachments } from '../../conversation/store/attachments.ts';
import type { Implementer } from '../implementer.ts';

export function attachmentHandlers(os: Implementer, context: ConversationContext) {
	const { attachments } = os;
	const { database } = context;
	return {
		add: attachments.add.handler(({ input, signal }) =>
			addAttachment(context, input.conversationId, input.file, signal),
		),
		read: attachments.read.handler(({ input, signal }) =>
			readAttachmentFile(input.file, { signal, entry: context.readingEntry }),
		),
		waiting: attachments.waiting.handler(({ input }) => ({
			attachments: [...waitingAttachments(database, input.conversationId)],
		})),
		remove: attachments.remove.handler(({ input }) => ({ removed: removeWaitingAttachment(database, input.id) })),
		text: attachments.text.handler(({ input }) => attachedText(database, input.id)),
	};
}

/** Part of the calls of `conversations`. */
export function countTokensHandlers(os: Implementer, context: ConversationContext) {
	return { measure: os.conversations.measure.handler(({ input }) => countPromptTokens(context, input)) };
}
