import type { PromptTokens } from '../../../electron/contract/conversation/schema.ts';
import { formatCount } from '../../design/format.ts';
import { t } from '../../messages/t.ts';
import type { LargestFile } from './fit-attachment.ts';

/** Formats a number of tokens; estimates are marked. */
export function formatTokens(value: number, exact: boolean): string {
	return `${exact || value === 0 ? '' : '≈ '}${formatCount(value)}`;
}

/** Formats a number of tokens with the word: "1 token", "≈ 2,031 tokens". */
export function describeTokens(value: number, exact: boolean): string {
	const about = exact || value === 0 ? '' : '≈ ';
	return `${about}${t('{count, plural, one {# token} other {# tokens}}', { count: value })}`;
}

/** Computes the share of the context that the prompt would fill, from 0 to 1. */
export function computeContextShare(part: number, { contextSize }: Pick<PromptTokens, 'contextSize'>): number {
	return Math.min(1, part / Math.max(1, contextSize));
}

/** Describes in a sentence the messages that will be left out; null if none. */
export function describeDroppedMessages({ dropped, exact, contextSize, total, sent }: PromptTokens): string | null {
	if (dropped.length === 0) return null;
	return t(
		'{count, plural, one {The oldest message} other {The oldest # messages}} ({tokens}) won’t be sent: the context of {size} tokens is full. The system prompt is kept.',
		{ count: dropped.length, tokens: describeTokens(total - sent, exact), size: formatCount(contextSize) },
	);
}

/** Describes in a sentence by how much the message alone is too long; null if it fits. */
export function describeExcess({ excess, exact, contextSize, answerRoom }: PromptTokens): string | null {
	if (excess === 0) return null;
	const values = { excess, size: formatCount(contextSize), room: formatCount(contextSize - answerRoom) };
	return exact
		? t(
				'This message is {excess, plural, one {# token} other {# tokens}} too long: the context of {size} leaves {room} for it.',
				values,
			)
		: t(
				'This message is about {excess, plural, one {# token} other {# tokens}} too long: the context of {size} leaves {room} for it.',
				values,
			);
}

/** Says how much of the message one file takes. */
export function describeLargestFile({ attachment, tokens }: LargestFile, { exact }: PromptTokens): string {
	// A number does not leave its sign behind at the end of a line.
	const figure = formatTokens(tokens, exact).replace(' ', '\u00A0');
	return t('{name} takes {tokens}.', { name: attachment.name, tokens: figure });
}

/**
 * Finds the smallest doubled context size that fits everything, in tokens and at most the model's training context;
 * null if there is none. Loading shows whether it fits into memory.
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
