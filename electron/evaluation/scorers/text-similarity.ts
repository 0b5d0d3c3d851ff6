import { distance } from 'fastest-levenshtein';
import type { Score, Scorer } from '../../contract/evaluation/scorer.ts';
import { expectedText } from './expected-answer.ts';
import { normalise } from './normalise-text.ts';
import { rougeL } from './rouge.ts';
import { noAnswer, noTarget, rightIf, type ScoreInput, scored, unscored } from './score-outcome.ts';

type Of<Kind extends Scorer['kind']> = Extract<Scorer, { kind: Kind }>;

/** Product of the two lengths above which a comparison would take too long: about 2 s. */
const mostCharacterPairs = 2e10;

export function scoreLevenshtein(scorer: Of<'levenshtein'>, { sample, answer }: ScoreInput): Score {
	const expected = expectedText(scorer.expected, sample);
	if (expected === null) return unscored(noTarget);
	if (answer === null) return rightIf(false, noAnswer);
	const given = normalise(answer, scorer);
	const wanted = normalise(expected, scorer);
	if (given.length * wanted.length > mostCharacterPairs)
		return unscored('The texts are too long to count their differences.');
	const { edits, longest } = editDistance(given, wanted);
	return scored(longest === 0 ? 1 : 1 - edits / longest, `${edits} of ${longest} characters differ.`);
}

/**
 * The minimum number of insertions, deletions and replacements of code points that turn one text into the other, and
 * the longer length.
 */
export function editDistance(first: string, second: string): { edits: number; longest: number } {
	// The library counts UTF-16 units, so larger code points are mapped to units that neither text uses.
	const units = new Map<string, string>();
	const a = [...first];
	const b = [...second];
	const simple = a.length === first.length && b.length === second.length;
	const unit = (character: string): string => {
		const known = units.get(character);
		if (known !== undefined) return known;
		const made = String.fromCharCode(units.size);
		units.set(character, made);
		return made;
	};
	const edits = simple ? distance(first, second) : distance(a.map(unit).join(''), b.map(unit).join(''));
	return { edits, longest: Math.max(a.length, b.length) };
}

export function scoreRouge(scorer: Of<'rouge-l'>, { sample, answer }: ScoreInput): Score {
	const expected = expectedText(scorer.expected, sample);
	if (expected === null) return unscored(noTarget);
	if (answer === null) return rightIf(false, noAnswer);
	const result = rougeL(answer, expected);
	if (result === null) return unscored('The texts are too long to compare word by word.');
	const { precision, recall, f1 } = result;
	const words = `Precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}, F1 ${f1.toFixed(3)}.`;
	return scored({ precision, recall, f1 }[scorer.measure], words);
}
