import type { Turn } from '../../models/contract/generation.ts';
import type { MessageFeedback } from '../contract/feedback/schema.ts';
import { readPromptTurns } from '../conversation/sent-prompt.ts';
import { readMessage } from '../conversation/store/thread.ts';
import type { ReadableDatabase } from '../database/database.ts';
import { readFeedback } from './store.ts';

/** An answer with its current feedback. */
export interface JudgedAnswer extends Pick<MessageFeedback, 'messageId' | 'rating' | 'correction'> {
	readonly answer: string;
}

/** One line of training data for supervised fine-tuning: the exact prompt path and the desired answer. */
export interface SftLine {
	readonly messages: readonly Turn[];
}

/** One preference pair: the exact prompt path, the preferred answer and the rejected one. */
export interface PreferenceLine {
	readonly prompt: readonly Turn[];
	readonly chosen: readonly Turn[];
	readonly rejected: readonly Turn[];
}

/** Returns the correction, or else the answer if it has a thumb up; none if the feedback identifies no good answer. */
export function sftLines(database: ReadableDatabase, judged: JudgedAnswer): SftLine[] {
	const target = judged.correction ?? (judged.rating === 'up' ? judged.answer : null);
	if (target === null) return [];
	const prompt = readPromptTurns(database, judged.messageId);
	if (!isKept(prompt)) return [];
	return [{ messages: [...prompt, { role: 'assistant', content: target }] }];
}

/**
 * Returns the pairs for one answer: its correction against the answer itself, and, if it has a thumb up, the answer
 * against each answer to the same prompt that has a thumb down.
 */
export function preferenceLines(database: ReadableDatabase, judged: JudgedAnswer): PreferenceLine[] {
	const { messageId, rating, correction, answer } = judged;
	if (correction === null && rating !== 'up') return [];
	const prompt = readPromptTurns(database, messageId);
	if (!isKept(prompt)) return [];
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

/** false: another program's prompt was not kept, only which model answered. */
function isKept(prompt: readonly Turn[]): boolean {
	return prompt.some(({ role, content }) => role === 'user' && content !== '');
}

/** A sibling may have had another system prompt or a smaller context: then the two are not comparable. */
function samePrompt(one: readonly Turn[], other: readonly Turn[]): boolean {
	return (
		one.length === other.length &&
		one.every(({ role, content }, index) => role === other[index]?.role && content === other[index].content)
	);
}
