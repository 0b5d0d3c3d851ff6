import type { PromptTokens } from '../../../electron/contract/conversation/schema.ts';
import { formatCount, formatQuantity } from '../../design/format.ts';

/** A number of tokens; guesses are marked. */
export function formatTokens(value: number, exact: boolean): string {
	return `${exact || value === 0 ? '' : '≈ '}${formatCount(value)}`;
}

/** What of the context the prompt would fill, 0 to 1. */
export function computeContextShare(part: number, { contextSize }: Pick<PromptTokens, 'contextSize'>): number {
	return Math.min(1, part / Math.max(1, contextSize));
}

/** What is going to be left out, as a sentence; null where nothing is. */
export function describeDroppedMessages({ dropped, exact, contextSize, total, sent }: PromptTokens): string | null {
	if (dropped.length === 0) return null;
	const which = dropped.length === 1 ? 'the oldest message' : `the oldest ${formatCount(dropped.length)} messages`;
	const room = `a context of ${formatCount(contextSize)} tokens is full`;
	return `Will be left out: ${which} (${formatTokens(total - sent, exact)} tokens), because ${room}. The system prompt is kept.`;
}

/** By how much the message alone is too long, as a sentence; null where it fits. */
export function describeExcess({ excess, exact, contextSize, answerRoom }: PromptTokens): string | null {
	if (excess === 0) return null;
	const about = exact ? '' : 'about ';
	return `This message is ${about}${formatQuantity(excess, 'token')} too long: a context of ${formatCount(contextSize)} has room for ${formatCount(contextSize - answerRoom)} beside the answer.`;
}

/**
 * The smallest context of a doubled size in which everything would fit, in tokens, at most what the model was trained
 * for; null where there is none. Whether it fits into memory shows when the model is loaded with it.
 */
export function findLargerContext(
	{ contextSize, answerRoom, total }: Pick<PromptTokens, 'contextSize' | 'answerRoom' | 'total'>,
	trained: number | null,
): number | null {
	const most = trained ?? contextSize;
	const needed = total + answerRoom;
	let size = contextSize;
	while (size < needed && size < most) size *= 2;
	size = Math.min(size, most);
	return size > contextSize && size >= needed ? size : null;
}
