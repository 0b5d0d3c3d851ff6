import { diffLines, diffWordsWithSpace } from 'diff';

/** A run of text that is unchanged, added or removed. */
export interface DiffRun {
	readonly kind: 'same' | 'added' | 'removed';
	readonly text: string;
}

/** Time limit for a diff by words, in ms; after that it diffs by lines. */
const wordsMs = 150;
const linesMs = 300;

/**
 * Computes the difference between two texts word by word; texts that are too different or too long become one block.
 */
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
