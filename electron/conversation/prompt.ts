import type { Turn } from '../../models/contract/generation.ts';
import type { Message } from '../contract/conversation.ts';

/**
 * What the model is given: the system prompt and the branch, without reasoning. Answers that came to nothing are left
 * out, and neighbours of one role become one turn, because many chat templates refuse anything but alternating roles.
 */
export function turnsOf(systemPrompt: string, messages: readonly Pick<Message, 'role' | 'content'>[]): readonly Turn[] {
	const turns: Turn[] = [];
	for (const { role, content } of messages) {
		if (content.trim() === '') continue;
		const last = turns.at(-1);
		if (last?.role === role) last.content += `\n\n${content}`;
		else turns.push({ role, content });
	}
	return systemPrompt.trim() === '' ? turns : [{ role: 'system', content: systemPrompt }, ...turns];
}
