/** How relevant each document is to one query: its grade, above 0. Documents that aren't named are not relevant. */
export type Relevance<Id> = ReadonlyMap<Id, number>;

/** Share of the relevant documents that are among the first `k`, as trec_eval's `recall`; null: none is relevant. */
export function recallAt<Id>(ranked: readonly Id[], relevant: Relevance<Id>, k: number): number | null {
	if (relevant.size === 0) return null;
	return countRelevant(ranked.slice(0, k), relevant) / relevant.size;
}

/** 1 divided by the rank of the first relevant document, as trec_eval's `recip_rank`; 0: none was found. */
export function reciprocalRank<Id>(ranked: readonly Id[], relevant: Relevance<Id>): number {
	const first = ranked.findIndex((id) => relevant.has(id));
	return first === -1 ? 0 : 1 / (first + 1);
}

/**
 * Normalised discounted cumulative gain of the first `k` (Järvelin & Kekäläinen 2002), as trec_eval's `ndcg_cut`: the
 * gain is the grade, the discount log₂(rank + 1), the ideal order that of the grades. null: nothing is relevant.
 */
export function ndcgAt<Id>(ranked: readonly Id[], relevant: Relevance<Id>, k: number): number | null {
	if (relevant.size === 0) return null;
	const ideal = [...relevant.values()].sort((a, b) => b - a);
	return discountedGain(ranked.map((id) => relevant.get(id) ?? 0).slice(0, k)) / discountedGain(ideal.slice(0, k));
}

function discountedGain(gains: readonly number[]): number {
	return gains.reduce((sum, gain, index) => sum + gain / Math.log2(index + 2), 0);
}

/**
 * Mean precision at the ranks of the relevant documents among the first `k`: whether what helps stands before what
 * doesn't (Ragas' context precision; average precision over the documents that were found). 0: none was found.
 */
export function contextPrecisionAt<Id>(ranked: readonly Id[], relevant: Relevance<Id>, k: number): number {
	let found = 0;
	let sum = 0;
	for (const [index, id] of ranked.slice(0, k).entries()) {
		if (!relevant.has(id)) continue;
		found += 1;
		sum += found / (index + 1);
	}
	return found === 0 ? 0 : sum / found;
}

function countRelevant<Id>(ids: readonly Id[], relevant: Relevance<Id>): number {
	return ids.filter((id) => relevant.has(id)).length;
}
