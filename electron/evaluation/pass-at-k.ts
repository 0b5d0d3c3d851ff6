import { countVotes } from '../prompt/majority-vote.ts';

/**
 * Probability that at least one of `k` answers is right, given `n` answers of which `correct` were: 1 − C(n−c, k)/C(n,
 * k) in the product form of OpenAI's human-eval (arXiv 2107.03374), which neither overflows nor loses digits. null if
 * there are fewer than k answers.
 */
export function passAtK(n: number, correct: number, k: number): number | null {
	if (k < 1 || n < k) return null;
	if (n - correct < k) return 1;
	let none = 1;
	for (let i = n - correct + 1; i <= n; i += 1) none *= 1 - k / i;
	return 1 - none;
}

/** The answers to one sample. */
export interface RepeatedSample {
	/** One value per answer; right is 1. null: could not be scored. */
	readonly values: readonly (number | null)[];
	readonly answers: readonly (string | null)[];
}

/**
 * pass@k of each sample, for `summarise`; null for all if any sample has fewer than k scored answers, as in human-eval.
 */
export function passAtKValues(samples: readonly RepeatedSample[], k: number): readonly number[] | null {
	const values = samples.map((sample) => {
		const scored = sample.values.filter((value) => value !== null && Number.isFinite(value));
		return passAtK(scored.length, scored.filter((value) => value === 1).length, k);
	});
	return values.every((value) => value !== null) ? values : null;
}

/**
 * Score of the most frequent of the first `k` answers of each sample, or of the earliest of equally frequent ones
 * (maj@k). Different answers with the same score stay different answers. null if the chosen one was not scored; null
 * for all if a sample has fewer than k answers.
 */
export function majorityAtKValues(samples: readonly RepeatedSample[], k: number): readonly (number | null)[] | null {
	if (samples.some(({ answers }) => answers.length < k)) return null;
	return samples.map(({ answers, values }) => {
		const first = answers.slice(0, k);
		const winner = countVotes(first)[0];
		// Without any answer the score of the first output counts: no answer is wrong if it was scored as wrong.
		const index = winner === undefined ? 0 : first.indexOf(winner.answer);
		return values[index] ?? null;
	});
}
