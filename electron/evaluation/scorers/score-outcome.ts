import type { Score } from '../../contract/evaluation/scorer.ts';
import type { PromptSample } from '../../contract/prompt/schema.ts';

/** What a scorer sees of one sample. Plain data: it crosses to a thread. */
export interface ScoreInput {
	readonly sample: PromptSample;
	/** Everything the model wrote; of several votes, the one that counts. */
	readonly output: string;
	/** What the technique found in it; null: nothing. */
	readonly answer: string | null;
	/** As the run stores it: log-likelihoods by choice. */
	readonly detail: unknown;
}

/** Right or wrong, with why. */
export function rightIf(right: boolean, explanation: string): Score {
	return { value: right ? 1 : 0, explanation };
}

export function scored(value: number, explanation: string): Score {
	return Number.isFinite(value) ? { value, explanation } : unscored(`The scorer gave ${value}, which is no score.`);
}

/** Counted beside the mean, not in it. */
export function unscored(explanation: string): Score {
	return { value: null, explanation };
}

/** A text inside an explanation. */
export function quoted(text: string, most = 80): string {
	// Only the beginning is looked at: the text may be megabytes.
	const line = text
		.slice(0, 20 * most)
		.replace(/\s+/g, ' ')
		.trim();
	const characters = [...line];
	return characters.length > most ? `“${characters.slice(0, most - 1).join('')}…”` : `“${line}”`;
}

export const noTarget = 'The sample has no expected answer.';
export const noAnswer = 'No answer was found in the output.';
