import { z } from 'zod';

/** A prompt to answer. */
export const promptLengthSchema = z.object({ percentile: z.number().nullable(), tokens: z.int() });

export type PromptLength = z.infer<typeof promptLengthSchema>;

/** For users who have not chatted yet: a question, and a page of text to go with one. */
export const usualLengths: readonly PromptLength[] = [
	{ percentile: null, tokens: 64 },
	{ percentile: null, tokens: 512 },
];

/** Fewer prompts say nothing about how a person writes. */
const fewest = 5;

/** The text that a template adds to a question is at least this long. */
const shortest = 16;

/**
 * Picks the medium and long lengths of the user's own prompts, `lengths` ascending; the usual lengths if there are too
 * few.
 */
export function lengthsToMeasure(lengths: readonly number[]): readonly PromptLength[] {
	if (lengths.length < fewest) return usualLengths;
	const found = [50, 90].map((percentile) => {
		const tokens = lengths[Math.floor((percentile / 100) * (lengths.length - 1))] ?? 0;
		return { percentile, tokens: Math.max(shortest, tokens) };
	});
	return found.filter(({ tokens }, index) => found.findIndex((other) => other.tokens === tokens) === index);
}
