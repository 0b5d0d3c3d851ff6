import type { Turn } from '../../models/contract/generation.ts';
import type { MessageFeedback } from '../contract/feedback/schema.ts';
import { buildTurns, withAttachments } from '../conversation/prompt-turns.ts';
import { getConversation } from '../conversation/store/conversations.ts';
import { systemPromptOf } from '../conversation/store/generations.ts';
import { getMessageRow, rowsOnPath } from '../conversation/store/messages.ts';
import { readMessage } from '../conversation/store/thread.ts';
import type { ReadableDatabase } from '../database/database.ts';
import { readFeedback } from './store.ts';

/** An answer with what holds of it now. */
export interface JudgedAnswer extends Pick<MessageFeedback, 'messageId' | 'rating' | 'correction'> {
	readonly answer: string;
}

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

/** A correction as it stands, else an answer with a thumb up; none where the feedback names no good answer. */
export function sftLines(database: ReadableDatabase, judged: JudgedAnswer): SftLine[] {
	const target = judged.correction ?? (judged.rating === 'up' ? judged.answer : null);
	if (target === null) return [];
	return [{ messages: [...readPromptTurns(database, judged.messageId), { role: 'assistant', content: target }] }];
}

/**
 * Pairs about one answer: its correction against itself; and, where it has a thumb up, itself against each answer to
 * the same prompt that has a thumb down.
 */
export function preferenceLines(database: ReadableDatabase, judged: JudgedAnswer): PreferenceLine[] {
	const { messageId, rating, correction, answer } = judged;
	if (correction === null && rating !== 'up') return [];
	const prompt = readPromptTurns(database, messageId);
	const pair = (chosen: string, rejected: string): PreferenceLine => ({
		prompt,
		chosen: [{ role: 'assistant', content: chosen }],
		rejected: [{ role: 'assistant', content: rejected }],
	});
	const corrected = correction === null ? [] : [pair(correction, answer)];
	if (rating !== 'up') return corrected;
	const worse = readMessage(database, messageId)
		.siblings.filter((id) => id !== messageId && readFeedback(database, id).rating === 'down')
		.filter((id) => samePrompt(readPromptTurns(database, id), prompt))
		.map((id) => pair(correction ?? answer, readMessage(database, id).content));
	return [...corrected, ...worse];
}

/**
 * What the model was given before this answer: its own branch with what was attached, and the system prompt it was made
 * with, without the oldest turns where they did not fit into its context.
 */
export function readPromptTurns(database: ReadableDatabase, messageId: number): readonly Turn[] {
	const path = rowsOnPath(database, messageId);
	const { conversationId, droppedTurns } = getMessageRow(database, messageId);
	const systemPrompt = systemPromptOf(database, messageId) ?? getConversation(database, conversationId).systemPrompt;
	const turns = buildTurns(systemPrompt, withAttachments(database, conversationId, path.slice(0, -1)));
	const system = turns.filter(({ role }) => role === 'system');
	return [...system, ...turns.slice(system.length + (droppedTurns ?? 0))];
}

/** A sibling may have been asked under another system prompt, or with a shorter context: then they don't compare. */
function samePrompt(one: readonly Turn[], other: readonly Turn[]): boolean {
	return (
		one.length === other.length &&
		one.every(({ role, content }, index) => role === other[index]?.role && content === other[index].content)
	);
}
