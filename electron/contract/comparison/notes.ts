import { list, type Said, said, size } from '../../../models/contract/said.ts';
import { overallQuality } from './overall-quality.ts';
import type { ComparisonRow } from './schema.ts';

/** What ± means in tables of text; the page shows 95 % everywhere. */
export const errorMeaning =
	'± is one standard error for KL divergence and one standard deviation for speeds; accuracy and tool calls have their 95 % interval in brackets.';

/**
 * Oddities of the files, one sentence each: a file that is larger than one that damages less, and types that not every
 * tensor could get.
 */
export function notesOf(rows: readonly ComparisonRow[]): {
	readonly notes: readonly Said[];
	/** Library file whose tensor list tells more; null: none. */
	readonly about: number | null;
} {
	const reference = rows.find((row) => row.reference)?.name ?? said`the reference`;
	const beaten = rows.flatMap((row) => {
		const damage = overallQuality(row)?.klDivergence;
		const winner = rows.find(({ candidateId }) => candidateId === row.beatenBy);
		const other = winner === undefined ? undefined : overallQuality(winner)?.klDivergence;
		if (winner === undefined || damage === undefined || other === undefined) return [];
		// Another model has lost nothing.
		if (row.changed || winner.changed) return [];
		if (damage <= other) return [];
		const larger = (row.sizeBytes ?? 0) > (winner.sizeBytes ?? 0);
		if (!larger) return [{ told: null, text: said`${row.name} loses more quality than ${winner.name}.` }];
		const why = row.fallbackWords;
		return [
			why === null
				? { told: null, text: said`${row.name} is larger than ${winner.name}, yet loses more quality.` }
				: { told: row.name, text: said`${row.name} is larger than ${winner.name}, yet loses more quality: ${why}.` },
		];
	});
	const stores = rows.flatMap((row) => overallQuality(row)?.approximation ?? []);
	const estimated =
		stores.length === 0
			? []
			: [
					said`≈: both files did not fit into memory, so the KL divergence is estimated to within about 1 %, from ${size(Math.max(...stores.map((one) => one.bytes)))} of stored probabilities of ${reference}.`,
				];
	const odd = rows.filter(({ fallbacks, name }) => (fallbacks ?? 0) > 0 && !beaten.some(({ told }) => told === name));
	const notes = [...beaten.map(({ text }) => text), ...estimated];
	const about = (rows.find(({ name }) => beaten.some(({ told }) => told === name)) ?? odd[0])?.modelFileId ?? null;
	if (odd.length === 0) return { notes, about };
	const each = list(odd.map(({ name, fallbacks }) => `${name} (${fallbacks})`));
	const others = said`Some tensors have a larger type, because their rows don’t divide into blocks: ${each}.`;
	return { notes: [...notes, others], about };
}
