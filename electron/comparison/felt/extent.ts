import { readShare } from '../pace/token.ts';
import type { PromptLength } from './lengths.ts';

/** Loads and answers of each length. */
export const repeats = 3;

/** Long enough for steady figures between tokens, short enough for a slow computer. */
export const chatAnswerTokens = 48;

/** A load, in tokens written by the same model: it reads the weights, and starts a process. */
const loadTokens = 30;

/** How much there is to do for one file, in tokens written: loads, a first answer, and answers of each length. */
export function chatLatencyTokens(lengths: readonly PromptLength[]): number {
	const answers = lengths.reduce((sum, { tokens }) => sum + readShare * tokens + chatAnswerTokens, 0);
	return (repeats + 1) * loadTokens + chatAnswerTokens + repeats * answers;
}
