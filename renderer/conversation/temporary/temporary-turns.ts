import type { AttachedText } from '../../../electron/contract/conversation/attachment.ts';
import type { Message, TemporaryInput } from '../../../electron/contract/conversation.ts';

/** What is sent of messages that are stored nowhere: all of it, texts of attached files included. */
export function toTurns(
	messages: readonly Pick<Message, 'role' | 'content' | 'attachments'>[],
	textOf: (attachmentId: number) => AttachedText | undefined,
): TemporaryInput['turns'] {
	return messages.map(({ role, content, attachments }) => {
		const texts = attachments.flatMap(({ id }) => textOf(id) ?? []);
		return { role, content, ...(texts.length > 0 ? { attachments: texts } : {}) };
	});
}
