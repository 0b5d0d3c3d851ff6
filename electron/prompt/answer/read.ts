import type { Technique } from '../../contract/evaluation/technique.ts';
import { extractAnswer } from './extract.ts';
import { majorityAnswer } from './vote.ts';

export interface VoteRead {
	readonly answer: string | null;
	readonly output: string;
}

/** What stands in the answers to one question: one, or the votes of self-consistency. */
export interface Reading {
	/** The text that counts: of several the first that gave the answer of the majority. */
	readonly output: string;
	readonly answer: string | null;
	readonly votes: readonly VoteRead[];
}

/** The answer in what a model wrote; of several texts that of the majority. Throws Failure `pattern-invalid`. */
export function readAnswer(
	technique: Technique,
	texts: readonly string[],
	choices: readonly string[] | null = null,
): Reading {
	return reading(texts.map((output) => ({ answer: extractAnswer(technique, output, choices), output })));
}

/** Texts that could not be read: no answer was found in them. */
export function readingWithoutAnswer(texts: readonly string[]): Reading {
	return reading(texts.map((output) => ({ answer: null, output })));
}

function reading(votes: readonly VoteRead[]): Reading {
	const [first] = votes;
	// What answers have in common is only looked for where there is something to compare: it costs more than all else.
	const answer = votes.length > 1 ? majorityAnswer(votes.map((vote) => vote.answer)) : (first?.answer ?? null);
	const shown = votes.find((vote) => vote.answer === answer) ?? first;
	return { output: shown?.output ?? '', answer, votes };
}
