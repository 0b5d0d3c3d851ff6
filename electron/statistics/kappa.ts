import { z95 } from './normal-distribution.ts';
import { wilsonInterval } from './wilson.ts';

/** Agreement of two raters beyond chance. */
export interface Agreement {
	readonly n: number;
	/** Share of items with the same label. */
	readonly observed: number;
	/** Share that chance alone would give. */
	readonly expected: number;
	/** 1 if both always agree; 0 is chance. null: undefined, because chance alone gives 1. */
	readonly kappa: number | null;
	readonly standardError: number | null;
	/** 95 % interval, cut at −1 and 1: normal or, if the error is 0, Wilson's for the agreement. */
	readonly low: number | null;
	readonly high: number | null;
}

/** Cohen's kappa (1960) with the standard error of Fleiss, Cohen and Everitt (1969). Labels are any texts. */
export function cohenKappa(first: readonly string[], second: readonly string[]): Agreement {
	if (first.length !== second.length) throw new Error(`${first.length} labels can't be paired with ${second.length}`);
	const n = first.length;
	const labels = [...new Set([...first, ...second])];
	const place = new Map(labels.map((label, index) => [label, index]));
	const counts = labels.map(() => new Array<number>(labels.length).fill(0));
	first.forEach((label, index) => {
		counts[place.get(label)!]![place.get(second[index]!)!]! += 1;
	});
	const table = counts.map((row) => row.map((count) => count / n));
	const rows = table.map((row) => row.reduce((sum, share) => sum + share, 0));
	const columns = labels.map((_, index) => table.reduce((sum, row) => sum + row[index]!, 0));
	const observed = counts.reduce((sum, row, index) => sum + row[index]!, 0) / n;
	const expected = rows.reduce((sum, share, index) => sum + share * columns[index]!, 0);
	if (n === 0) return { n, observed: 0, expected: 0, kappa: null, standardError: null, low: null, high: null };
	if (1 - expected < 1e-12) {
		return { n, observed, expected, kappa: null, standardError: null, low: null, high: null };
	}
	const kappa = (observed - expected) / (1 - expected);
	let agreeing = 0;
	let differing = 0;
	table.forEach((row, i) => {
		row.forEach((share, j) => {
			if (i === j) agreeing += share * (1 - (rows[i]! + columns[i]!) * (1 - kappa)) ** 2;
			else differing += share * (columns[i]! + rows[j]!) ** 2;
		});
	});
	const rest = (kappa - expected * (1 - kappa)) ** 2;
	const variance = (agreeing + (1 - kappa) ** 2 * differing - rest) / ((1 - expected) ** 2 * n);
	const standardError = Math.sqrt(Math.max(0, variance));
	// Both always agree, or one always says the same: an interval without width would claim certainty after a handful
	// of items.
	const agreed = wilsonInterval(Math.round(observed * n), n);
	const sure = standardError < 1e-9;
	const low = sure ? (agreed.low - expected) / (1 - expected) : kappa - z95 * standardError;
	const high = sure ? (agreed.high - expected) / (1 - expected) : kappa + z95 * standardError;
	return {
		n,
		observed,
		expected,
		kappa,
		standardError,
		low: Math.max(-1, low),
		high: Math.min(1, high),
	};
}
