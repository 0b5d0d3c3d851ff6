import { diffLines, diffWordsWithSpace } from 'diff';

/** A run of text that stays, comes or goes. */
export interface DiffRun {
	readonly kind: 'same' | 'added' | 'removed';
	readonly text: string;
}

/** Longest that words are looked for, ms; lines are looked for where that is not enough. */
const wordsMs = 150;
const linesMs = 300;

/** What changes from one text to another, word by word; of texts that are too different or too long, as one block. */
export function diffWords(before: string, after: string): readonly DiffRun[] {
	const parts =
		diffWordsWithSpace(before, after, { timeout: wordsMs }) ?? diffLines(before, after, { timeout: linesMs });
	if (parts === undefined) {
		return [
			{ kind: 'removed', text: before },
			{ kind: 'added', text: after },
		];
	}
	return parts.map(({ value, added, removed }) => ({
		kind: added ? 'added' : removed ? 'removed' : 'same',
		text: value,
	}));
}
