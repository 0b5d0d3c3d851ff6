import type { ComparisonRow } from '../../electron/contract/comparison/schema.ts';
import { formatNumber } from '../design/format.ts';
import { t } from '../messages/t.ts';
import { halfWidthOfRepeats } from './confidence-interval.ts';

/** Header of the column with the compared files. */
export function FileHead() {
	return (
		<th scope="col" className="border-b border-line py-1 text-left font-medium">
			{t('File')}
		</th>
	);
}

/** Name of a row's file, in the accent colour if it is recommended. */
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

/** Half of the 95 % interval of some repeats, shown after their median; nothing if there is none. */
export function PlusMinus({
	of,
	digits = 0,
}: {
	of: { readonly sd: number; readonly samples: readonly number[] };
	digits?: number;
}) {
	const half = halfWidthOfRepeats(of);
	return half === null ? null : <span className="text-ink-3">±{formatNumber(half, digits)}</span>;
}
