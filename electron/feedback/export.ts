import type { FeedbackItem } from '../contract/feedback.ts';
import { turnsOf } from '../conversation/prompt.ts';
import { getConversation } from '../conversation/store/conversations.ts';
import { systemPromptOf } from '../conversation/store/generations.ts';
import { rowsOnPath } from '../conversation/store/messages.ts';
import { readMessage } from '../conversation/store/thread.ts';
import type { ReadableDatabase } from '../database/handle.ts';
import { readFeedback } from './store.ts';

type Turn = { readonly role: 'system' | 'user' | 'assistant'; readonly content: string };

/** One line of training data for supervised fine-tuning: the exact prompt path, then what should have been answered. */
export interface SftLine {
	readonly messages: readonly Turn[];
}

/** One preference pair: the exact prompt path, the answer to prefer and the one to avoid. */
export interface PreferenceLine {
	readonly prompt: readonly Turn[];
	readonly chosen: readonly Turn[];
	readonly rejected: readonly Turn[];
}

/** A correction as it stands, else an answer with a thumb up; null where the feedback names no good answer. */
export function sftLine(database: ReadableDatabase, item: FeedbackItem): SftLine | null {
	const target = item.correction ?? (item.rating === 'up' ? item.answer : null);
	if (target === null) return null;
	return { messages: [...promptOf(database, item.messageId), { role: 'assistant', content: target }] };
}

/**
 * Pairs about one answer: its correction against itself; and, where it has a thumb up, itself against each answer to
 * the same question that has a thumb down.
 */
export function preferenceLines(database: ReadableDatabase, item: FeedbackItem): PreferenceLine[] {
	const prompt = promptOf(database, item.messageId);
	const pair = (chosen: string, rejected: string): PreferenceLine => ({
		prompt,
		chosen: [{ role: 'assistant', content: chosen }],
		rejected: [{ role: 'assistant', content: rejected }],
	});
	const corrected = item.correction === null ? [] : [pair(item.correction, item.answer)];
	if (item.rating !== 'up') return corrected;
	const { siblings } = readMessage(database, item.messageId);
	const worse = siblings
		.filter((id) => id !== item.messageId && readFeedback(database, id).rating === 'down')
		.map((id) => pair(item.correction ?? item.answer, readMessage(database, id).content));
	return [...corrected, ...worse];
}

/** JSON Lines with a final newline; empty text for no lines. */
export function jsonLines(lines: readonly unknown[]): string {
	return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** What the model was given before this answer: its own branch, and the system prompt it was made with. */
function promptOf(database: ReadableDatabase, messageId: number): readonly Turn[] {
	const path = rowsOnPath(database, messageId);
	const conversationId = path.at(-1)?.conversationId;
	const systemPrompt =
		systemPromptOf(database, messageId) ??
		(conversationId === undefined ? '' : getConversation(database, conversationId).systemPrompt);
	return turnsOf(systemPrompt, path.slice(0, -1));
}
