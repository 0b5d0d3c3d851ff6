import { halfWidthOfRepeats } from '../interval.ts';

/** Half of the 95 % interval of some repeats, as it stands after their median; nothing where there is none. */
export function PlusMinus({
	of,
	digits = 0,
}: {
	of: { readonly sd: number; readonly samples: readonly number[] };
	digits?: number;
}) {
	const half = halfWidthOfRepeats(of);
	return half === null ? null : <span className="text-ink-3">±{half.toFixed(digits)}</span>;
}
