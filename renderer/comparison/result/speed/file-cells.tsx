import type { ComparisonRow } from '../../../../electron/contract/comparison/comparison.ts';

/** Heads the column of the files that are compared. */
export function FileHead() {
	return (
		<th scope="col" className="border-b border-line py-1 text-left font-medium">
			File
		</th>
	);
}

/** Names a row's file; the recommended one in the accent. */
export function FileName({ row: { name, outcome } }: { row: ComparisonRow }) {
	return (
		<th
			scope="row"
			className={`border-b border-line py-1 text-left font-mono font-semibold ${outcome === 'recommended' ? 'text-accent-ink' : ''}`}
		>
			{name}
		</th>
	);
}
