import { plainContent } from './leak-guard.ts';
import { wholeNumberText } from './numbers.ts';

/** Normalises answers that mean the same: "18", "18.0", "$18." count together, and so do "Paris", "paris.". */
function sameAnswer(answer: string): string {
	const number = wholeNumberText(answer);
	if (number !== null && (number.integer !== null || Number.isFinite(number.value))) {
		return `number ${number.integer ?? number.value}${number.percent ? ' %' : ''}`;
	}
	return plainContent(answer) || answer.trim();
}

export interface Vote {
	/** As first written. */
	readonly answer: string;
	readonly count: number;
}

/**
 * Answers by number of votes, most first; of equally frequent ones the earliest comes first. null, no answer, has no
 * vote.
 */
export function countVotes(answers: readonly (string | null)[]): readonly Vote[] {
	const votes = new Map<string, Vote>();
	for (const answer of answers) {
		if (answer === null) continue;
		const key = sameAnswer(answer);
		const before = votes.get(key);
		votes.set(key, before === undefined ? { answer, count: 1 } : { ...before, count: before.count + 1 });
	}
	// A stable sort over insertion order: ties stay in the order of their first vote.
	return [...votes.values()].sort((a, b) => b.count - a.count);
}

/** The answer of the majority (self-consistency, Wang et al., arXiv 2203.11171); null if there is no answer. */
export function majorityAnswer(answers: readonly (string | null)[]): string | null {
	return countVotes(answers)[0]?.answer ?? null;
}
