import { halfOfRepeats } from '../interval.ts';

/** Half of the 95 % interval of some repeats, as it stands after their median; nothing where there is none. */
export function Spread({
	of,
	digits = 0,
}: {
	of: { readonly sd: number; readonly samples: readonly number[] };
	digits?: number;
}) {
	const half = halfOfRepeats(of);
	return half === null ? null : <span className="text-ink-3">±{half.toFixed(digits)}</span>;
}
