/** Dampens the first ranks, as in the paper on reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009). */
const rankOffset = 60;

export interface Fused {
	readonly id: number;
	readonly score: number;
}

/**
 * Joins ranked lists by reciprocal rank fusion: an item's score is the sum of 1 / (60 + rank) over the lists that have
 * it. Best first; equal ones in the order of their first list.
 */
export function fuseRanks(lists: readonly (readonly number[])[]): Fused[] {
	const scores = new Map<number, number>();
	for (const list of lists)
		for (const [index, id] of list.entries()) scores.set(id, (scores.get(id) ?? 0) + 1 / (rankOffset + index + 1));
	return [...scores].map(([id, score]) => ({ id, score })).toSorted((a, b) => b.score - a.score);
}
