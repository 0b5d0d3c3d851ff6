import type { PromptTurn } from '../../models/contract/generation.ts';
import type { AttachedText, Message, MessagePrompt } from '../contract/conversation/schema.ts';
import type { ReadableDatabase } from '../database/database.ts';
import { applyPrompt } from '../prompt/message-prompt.ts';
import { fenceFor } from '../text/code-fence.ts';
import { attachedTextsOf } from './store/attachments.ts';

/**
 * Builds the model's input: the system prompt and the branch, without reasoning. Leaves out answers without content and
 * joins neighbours of one role into one turn, because many chat templates accept only alternating roles. Applies the
 * prompt to each of the user's turns.
 */
export function buildTurns(
	systemPrompt: string,
	messages: readonly Pick<Message, 'role' | 'content'>[],
	prompt?: MessagePrompt | null,
): readonly PromptTurn[] {
	const { before, write } = applyPrompt(prompt);
	const turns = joinSameRole(messages).map(({ role, content }) => ({
		role,
		content: role === 'user' ? write(content) : content,
	}));
	const system: PromptTurn[] = systemPrompt.trim() === '' ? [] : [{ role: 'system', content: systemPrompt }];
	return [...system, ...before, ...turns];
}

/** Joins messages to turns; each turn lists its messages. */
export function joinSameRole<M extends Pick<Message, 'role' | 'content'>>(
	messages: readonly M[],
): readonly { role: Message['role']; content: string; messages: M[] }[] {
	const turns: { role: Message['role']; content: string; messages: M[] }[] = [];
	for (const message of messages) {
		const { role, content } = message;
		if (content.trim() === '') continue;
		const last = turns.at(-1);
		if (last?.role === role) {
			last.content += `\n\n${content}`;
			last.messages.push(message);
		} else turns.push({ role, content, messages: [message] });
	}
	return turns;
}

type NamedText = Pick<AttachedText, 'name' | 'text'>;

/** Formats an attached text for the prompt: its name, then the text between fences that don't occur in it. */
export function attachmentBlock({ name, text }: NamedText): string {
	const fence = fenceFor(text);
	const kind = /\.(\w{1,10})$/.exec(name)?.[1]?.toLowerCase() ?? '';
	return `${name}:\n${fence}${kind}\n${text.endsWith('\n') ? text : `${text}\n`}${fence}`;
}

/** Returns a message as the model receives it: its attachments in order, then its own text. */
export function contentWithAttachments(content: string, attached: readonly NamedText[]): string {
	const blocks = attached.map(attachmentBlock);
	return (content.trim() === '' ? blocks : [...blocks, content]).join('\n\n');
}

/** Returns messages with their attachments in the content, as prompts need them. */
export function withAttachments<M extends { readonly id: number; readonly content: string }>(
	database: ReadableDatabase,
	messages: readonly M[],
): readonly M[] {
	const texts = attachedTextsOf(
		database,
		messages.map(({ id }) => id),
	);
	if (texts.size === 0) return messages;
	return messages.map((message) => {
		const attached = texts.get(message.id);
		return attached === undefined
			? message
			: { ...message, content: contentWithAttachments(message.content, attached) };
	});
}
