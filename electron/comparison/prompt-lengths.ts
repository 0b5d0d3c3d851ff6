import { z } from 'zod';

/** A prompt to be answered. */
export const promptLengthSchema = z.object({ percentile: z.number().nullable(), tokens: z.int() });

export type PromptLength = z.infer<typeof promptLengthSchema>;

/** For who has not chatted yet: a question, and a page of text to go with one. */
export const usualLengths: readonly PromptLength[] = [
	{ percentile: null, tokens: 64 },
	{ percentile: null, tokens: 512 },
];

/** Fewer prompts say nothing of how one writes. */
const fewest = 5;

/** Shorter than what a template writes around a question there is none. */
const shortest = 16;

/** The middle and the long ones of one's own prompts, `lengths` ascending; the usual ones where there are too few. */
export function lengthsToMeasure(lengths: readonly number[]): readonly PromptLength[] {
	if (lengths.length < fewest) return usualLengths;
	const found = [50, 90].map((percentile) => {
		const tokens = lengths[Math.floor((percentile / 100) * (lengths.length - 1))] ?? 0;
		return { percentile, tokens: Math.max(shortest, tokens) };
	});
	return found.filter(({ tokens }, index) => found.findIndex((other) => other.tokens === tokens) === index);
}
