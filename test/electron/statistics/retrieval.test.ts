import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { contextPrecisionAt, ndcgAt, recallAt, reciprocalRank } from '../../../electron/statistics/retrieval.ts';

type Measures = 'recall_5' | 'recall_10' | 'recip_rank' | 'ndcg_cut_5' | 'ndcg_cut_10' | 'map_cut_10';

/** Made with pytrec_eval: golden/make_retrieval.py. */
const cases = JSON.parse(readFileSync(new URL('golden/retrieval.json', import.meta.url), 'utf8')) as ({
	readonly relevant: Readonly<Record<string, number>>;
	readonly ranked: readonly string[];
} & Readonly<Record<Measures, number>>)[];

test('recall, reciprocal rank and nDCG equal trec_eval’s to 1e-9', () => {
	expect(cases).toHaveLength(120);
	for (const { relevant: grades, ranked, ...golden } of cases) {
		const relevant = new Map(Object.entries(grades));
		const found = ranked.slice(0, 10).filter((id) => relevant.has(id)).length;
		const ours: Record<Measures, number> = {
			recall_5: recallAt(ranked, relevant, 5) ?? Number.NaN,
			recall_10: recallAt(ranked, relevant, 10) ?? Number.NaN,
			recip_rank: reciprocalRank(ranked, relevant),
			ndcg_cut_5: ndcgAt(ranked, relevant, 5) ?? Number.NaN,
			ndcg_cut_10: ndcgAt(ranked, relevant, 10) ?? Number.NaN,
			// trec_eval divides by all that is relevant, context precision by what was found.
			map_cut_10: (contextPrecisionAt(ranked, relevant, 10) * found) / relevant.size,
		};
		for (const [name, value] of Object.entries(ours)) expect(value).toBeCloseTo(golden[name as Measures], 9);
	}
});

test('a query to which nothing is relevant has no recall and no nDCG; one that finds nothing has 0', () => {
	expect([recallAt(['a'], new Map(), 5), ndcgAt(['a'], new Map(), 5)]).toEqual([null, null]);
	const relevant = new Map([['a', 1]]);
	expect(recallAt([], relevant, 5)).toBe(0);
	expect(reciprocalRank(['b'], relevant)).toBe(0);
	expect(contextPrecisionAt(['b'], relevant, 5)).toBe(0);
});
