import type { Score } from '../../contract/evaluation/scorer.ts';
import type { PromptSample } from '../../contract/prompt/schema.ts';
import type { SentPassage } from './expected-sources.ts';

/** A scorer's input for one sample. Plain data, because it crosses to a worker. */
export interface ScoreInput {
	readonly sample: PromptSample;
	/** Everything that the model wrote; with several votes, the one that counts. */
	readonly output: string;
	/** The answer that the technique extracted from it; null: none. */
	readonly answer: string | null;
	/** As the run stores it: log-likelihoods by choice. */
	readonly detail: unknown;
	/** Passages of documents in the prompt, in order; null or absent: nothing was looked up. */
	readonly passages?: readonly SentPassage[] | null;
}

/** A score of right or wrong, with the reason. */
export function rightIf(right: boolean, explanation: string): Score {
	return { value: right ? 1 : 0, explanation };
}

export function scored(value: number, explanation: string): Score {
	return Number.isFinite(value) ? { value, explanation } : unscored(`The scorer gave ${value}, which is no score.`);
}

/** A score that is counted, but is not part of the mean. */
export function unscored(explanation: string): Score {
	return { value: null, explanation };
}

/** Quotes a text inside an explanation. */
export function quoted(text: string, most = 80): string {
	// Reads only the beginning: the text may be megabytes.
	const line = text
		.slice(0, 20 * most)
		.replace(/\s+/g, ' ')
		.trim();
	const characters = [...line];
	return characters.length > most ? `“${characters.slice(0, most - 1).join('')}…”` : `“${line}”`;
}

export const noTarget = 'The sample has no expected answer.';
export const nothingLookedUp = 'Nothing was looked up for this answer, or it was deleted since.';
export const noAnswer = 'No answer was found in the output.';

/** Why a script that needed more than its time has no score. */
export function tookTooLong(timeMs: number): string {
	return `It took longer than ${timeMs} ms. Make it do less, or allow it more time (timeMs).`;
}
