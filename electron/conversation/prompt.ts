import type { Turn } from '../../models/contract/generation.ts';
import type { Message } from '../contract/conversation.ts';

/**
 * What the model is given: the system prompt and the branch, without reasoning. Answers that came to nothing are left
 * out, and neighbours of one role become one turn, because many chat templates refuse anything but alternating roles.
 */
export function buildTurns(
	systemPrompt: string,
	messages: readonly Pick<Message, 'role' | 'content'>[],
): readonly Turn[] {
	const turns = joinSameRole(messages).map(({ role, content }) => ({ role, content }));
	return systemPrompt.trim() === '' ? turns : [{ role: 'system', content: systemPrompt }, ...turns];
}

/** The turns of messages, each with the messages it is made of. */
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
