import type { Conversation } from '../../electron/contract/conversation.ts';
import { daysBetween } from '../design/format.ts';

export interface ConversationGroup {
	name: string;
	conversations: readonly Conversation[];
}

/** Conversations by when they were last used, newest group first; the order inside is kept. */
export function groupByTime(conversations: readonly Conversation[], now: number): ConversationGroup[] {
	const groups = new Map<string, Conversation[]>();
	for (const conversation of conversations) {
		const name = groupName(conversation.updatedAt, now);
		const group = groups.get(name);
		if (group) group.push(conversation);
		else groups.set(name, [conversation]);
	}
	return [...groups].map(([name, members]) => ({ name, conversations: members }));
}

function groupName(at: number, now: number): string {
	const days = daysBetween(at, now);
	if (days <= 0) return 'Today';
	if (days === 1) return 'Yesterday';
	if (days < 7) return 'Last 7 days';
	if (days < 30) return 'Last 30 days';
	const date = new Date(at);
	const month = date.toLocaleDateString('en-GB', { month: 'long' });
	return date.getFullYear() === new Date(now).getFullYear() ? month : `${month} ${date.getFullYear()}`;
}
