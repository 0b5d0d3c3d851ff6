import { Failure } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';
import type { PromptSample } from '../contract/prompt/schema.ts';

/** A, B, … Z, AA, AB, …: the letter of the choice at `index`. */
export function letterOf(index: number): string {
	const low = String.fromCharCode(65 + (index % 26));
	return index < 26 ? low : letterOf(Math.floor(index / 26) - 1) + low;
}

/** Formats choices as lines "A. first", "B. second", like MMLU. */
export function letteredLines(choices: readonly string[]): string {
	return choices.map((choice, index) => `${letterOf(index)}. ${choice}`).join('\n');
}

/** Choices of a sample. Throws Failure `choices-missing` if there are fewer than two. */
export function choicesOf(sample: Pick<PromptSample, 'choices'>): readonly string[] {
	if (sample.choices !== null && sample.choices.length >= 2) return sample.choices;
	throw new Failure({
		code: 'choices-missing',
		message: said`This technique compares choices, but the sample has none.`,
		next: [said`Choose another technique`, said`Add a column of choices to the dataset`],
	});
}

/**
 * Positions of the right choices, from 0: those in the metadata (`targetIndex`, `targetIndices`); otherwise every
 * choice that equals the target; otherwise the choice whose letter is the target ("B", "b.", "(B)"). Empty if nothing
 * names a choice.
 */
export function goldChoices(sample: Pick<PromptSample, 'choices' | 'target' | 'metadata'>): readonly number[] {
	const { choices, target, metadata } = sample;
	if (choices === null) return [];
	const named = [metadata.targetIndices, metadata.targetIndex]
		.flat()
		.filter(
			(place): place is number => Number.isInteger(place) && Number(place) >= 0 && Number(place) < choices.length,
		);
	if (named.length > 0) return [...new Set(named)];
	if (target === null) return [];
	const wanted = target.trim();
	const same = (compare: (choice: string) => boolean): number[] =>
		choices.flatMap((choice, index) => (compare(choice) ? [index] : []));
	const exact = same((choice) => choice === target);
	if (exact.length > 0) return exact;
	const trimmed = same((choice) => choice.trim() === wanted);
	if (trimmed.length > 0) return trimmed;
	const letter = /^\(?([A-Za-z]{1,2})[).:]?$/.exec(wanted)?.[1]?.toUpperCase();
	return letter === undefined ? [] : choices.flatMap((_, index) => (letterOf(index) === letter ? [index] : []));
}
