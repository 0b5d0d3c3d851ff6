import type { ComparisonRow } from '../../../electron/contract/comparison/comparison.ts';
import { overall } from './overall.ts';

function list(names: readonly string[]): string {
	return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/**
 * Oddities of the files, a sentence each: a file that is larger than one that damages less, and types that could not be
 * given to every tensor.
 */
export function notesOf(rows: readonly ComparisonRow[]): readonly string[] {
	const reference = rows.find((row) => row.reference)?.name ?? 'the reference';
	const beaten = rows.flatMap((row) => {
		const damage = overall(row)?.klDivergence;
		const winner = rows.find(({ name }) => row.outcome === 'dominated' && row.reason === `Beaten by ${name}`);
		const other = winner === undefined ? undefined : overall(winner)?.klDivergence;
		if (winner === undefined || damage === undefined || other === undefined) return [];
		if (damage <= other) return [];
		const larger = (row.sizeBytes ?? 0) > (winner.sizeBytes ?? 0);
		return [
			larger
				? `${row.name} is larger than ${winner.name}, yet further from ${reference}.`
				: `${row.name} is further from ${reference} than ${winner.name}.`,
		];
	});
	const odd = rows.filter(({ fallbacks }) => (fallbacks ?? 0) > 0);
	if (odd.length === 0) return beaten;
	const each = list(odd.map(({ name, fallbacks }) => `${name} (${fallbacks})`));
	return [...beaten, `Tensors whose rows do not divide into the type’s blocks got another, larger type: ${each}.`];
}
