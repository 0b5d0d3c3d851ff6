/** A split and how much of the samples it gets, in whole percent. */
export interface SplitPart {
	readonly split: string;
	readonly percent: number;
}

/** Why these parts can't be made; null where they can. */
export function findSplitProblem(parts: readonly SplitPart[]): string | null {
	const names = parts.map(({ split }) => split.trim());
	if (names.includes('')) return 'Name every split';
	if (new Set(names).size < names.length) return 'Two splits have one name';
	const sum = parts.reduce((total, { percent }) => total + percent, 0);
	return sum === 100 ? null : `The shares add up to ${sum} %, not 100`;
}

/** As calls take them: shares of 1. */
export function toShares(parts: readonly SplitPart[]): { split: string; share: number }[] {
	return parts.map(({ split, percent }) => ({ split: split.trim(), share: percent / 100 }));
}
