import { majorityAnswer } from './majority-vote.ts';

// Separate from the extraction, so that no user's pattern can run in a process that only passes readings on.

export interface VoteRead {
	readonly answer: string | null;
	readonly output: string;
}

/** The reading of the answers to one question: one, or the votes of self-consistency. */
export interface Reading {
	/** The text that counts: with several, the first that gave the majority's answer. */
	readonly output: string;
	readonly answer: string | null;
	readonly votes: readonly VoteRead[];
}

/** A reading without an answer, for texts that could not be read. */
export function readingWithoutAnswer(texts: readonly string[]): Reading {
	return readingOf(texts.map((output) => ({ answer: null, output })));
}

/** The reading of these votes. */
export function readingOf(votes: readonly VoteRead[]): Reading {
	const [first] = votes;
	// Look for a majority only if there are several votes: it costs more than everything else.
	const answer = votes.length > 1 ? majorityAnswer(votes.map((vote) => vote.answer)) : (first?.answer ?? null);
	const shown = votes.find((vote) => vote.answer === answer) ?? first;
	return { output: shown?.output ?? '', answer, votes };
}
