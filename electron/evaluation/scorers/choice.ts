import { z } from 'zod';
import type { Score, Scorer } from '../../contract/evaluation/scorer.ts';
import { goldChoices, letterOf } from '../../prompt/choices.ts';
import { noAnswer, quoted, rightIf, type ScoreInput, scored, unscored } from './score-outcome.ts';

type Choice = Extract<Scorer, { kind: 'choice' }>;

const detailSchema = z.object({
	likelihoods: z.array(z.object({ logLikelihoods: z.array(z.number()) })).min(1),
	/** All letters have the same length. */
	form: z.literal('letters').optional(),
});

const noGold = 'The expected answer is none of the choices.';

const lengths: Partial<Record<Choice['measure'], string>> = {
	'acc-norm': ' by its length in characters',
	'acc-bytes': ' by its length in bytes',
	'mutual-information': ' than without the question',
};

/**
 * Scores multiple choice as lm-evaluation-harness does (docs/formulas.md#multiple-choice); on a tie the first choice
 * wins.
 */
export function scoreChoice({ measure }: Choice, { sample, detail }: ScoreInput): Score {
	const found = valuesOf(measure, sample.choices ?? [], detail);
	if (typeof found === 'string') return unscored(found);
	const { choices, sums, values } = found;
	const gold = goldChoices(sample);
	if (gold.length === 0) return unscored(noGold);
	if (measure === 'brier') {
		const error = brier(sums, gold);
		return scored(1 - error / 2, `Squared error of the probabilities: ${error.toFixed(3)} of at most 2.`);
	}
	const best = placeOfMost(values);
	const words = (places: readonly number[]): string =>
		places.map((place) => quoted(choices[place] ?? '', 40)).join(' or ');
	const right = gold.includes(best);
	return rightIf(
		right,
		right
			? `${words([best])} is right.`
			: `${words([best])} was likelier${lengths[measure] ?? ''}, where ${words(gold)} is right.`,
	);
}

/** The choice that the first choice scorer takes as the answer; null if none does, or nothing was measured. */
export function takenChoice(scorers: readonly Scorer[], { sample, detail }: ScoreInput): string | null {
	const scorer = scorers.find((one) => one.kind === 'choice' && one.measure !== 'brier');
	if (scorer?.kind !== 'choice') return null;
	const found = valuesOf(scorer.measure, sample.choices ?? [], detail);
	return typeof found === 'string' ? null : (found.choices[placeOfMost(found.values)] ?? null);
}

/** The value of each choice by this measure, or a text that says why there is none. */
function valuesOf(measure: Choice['measure'], choices: readonly string[], detail: unknown) {
	const parsed = detailSchema.safeParse(detail);
	if (!parsed.success) {
		return 'The likelihoods of the choices were not measured. Use the technique “Likeliest choice” (choice-likelihood).';
	}
	const { likelihoods, form } = parsed.data;
	// One context followed by each choice or, for sentences with a blank, one context per choice.
	const blank = likelihoods.every(({ logLikelihoods }) => logLikelihoods.length === 1);
	const sums = blank ? likelihoods.map(({ logLikelihoods }) => logLikelihoods[0]!) : likelihoods[0]!.logLikelihoods;
	if (sums.length !== choices.length || sums.some(Number.isNaN)) return 'The likelihoods do not fit the choices.';
	if (measure === 'brier') return { choices, sums, values: sums };
	if (blank && measure !== 'acc') return 'For sentences with a blank only “acc” is defined.';
	const texts = form === 'letters' ? choices.map((_, index) => letterOf(index)) : choices;
	const values = measured(measure, sums, texts, likelihoods[1]?.logLikelihoods);
	return values === null
		? 'The technique did not measure the choices without their context.'
		: { choices, sums, values };
}

function placeOfMost(values: readonly number[]): number {
	return values.indexOf(Math.max(...values));
}

function measured(
	measure: Exclude<Choice['measure'], 'brier'>,
	sums: readonly number[],
	choices: readonly string[],
	alone: readonly number[] | undefined,
): readonly number[] | null {
	const by = (length: (choice: string) => number): number[] =>
		sums.map((sum, index) => sum / Math.max(1, length(choices[index] ?? '')));
	switch (measure) {
		case 'acc':
			return sums;
		case 'acc-norm':
			return by((choice) => [...choice].length);
		case 'acc-bytes':
			return by((choice) => Buffer.byteLength(choice));
		case 'mutual-information':
			return alone === undefined ? null : sums.map((sum, index) => sum - (alone[index] ?? Number.NaN));
	}
}

/** Σ (p − [right])², with p as the softmax of the log-likelihoods: 0 is best, 2 is worst. */
function brier(sums: readonly number[], gold: readonly number[]): number {
	const most = Math.max(...sums);
	const weights = sums.map((sum) => Math.exp(sum - most));
	const total = weights.reduce((all, weight) => all + weight, 0);
	return weights.reduce(
		(all, weight, index) => all + (weight / total - (gold.includes(index) ? 1 / gold.length : 0)) ** 2,
		0,
	);
}

/** Compares the written letter with that of the right choice; without a written letter, uses the most likely choice. */
export function scoreLetter(input: ScoreInput): Score {
	const { sample, answer, detail } = input;
	if (detailSchema.safeParse(detail).success) return scoreChoice({ kind: 'choice', measure: 'acc' }, input);
	const gold = goldChoices(sample).map(letterOf);
	if (gold.length === 0) return unscored(noGold);
	if (answer === null) return rightIf(false, noAnswer);
	const given = answer.trim().toUpperCase();
	const right = gold.includes(given);
	return rightIf(right, right ? `${given} is right.` : `${quoted(answer, 20)} is not ${gold.join(' or ')}.`);
}
