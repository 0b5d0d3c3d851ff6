import { binomialPoint, mcNemar } from './mcnemar.ts';
import { incompleteBeta } from './student-t.ts';
import { wilsonInterval } from './wilson.ts';

/**
 * 95 % interval of the difference of two shares on the same `n` samples, second minus first, that excludes 0 exactly if
 * McNemar's reported p is below 0.05 (docs/formulas.md#paired-shares): the test inverted on the samples that differ,
 * joined with Wilson's interval of how many differ.
 */
export function pairedShareInterval(
	onlyFirst: number,
	onlySecond: number,
	n: number,
): { readonly low: number; readonly high: number } {
	const differing = onlyFirst + onlySecond;
	if (differing === 0) {
		// Up to 3 in n could still differ (rule of three).
		const most = Math.min(1, 3 / n);
		return { low: -most, high: most };
	}
	if (onlySecond < onlyFirst) {
		const { low, high } = pairedShareInterval(onlySecond, onlyFirst, n);
		return { low: -high, high: -low };
	}
	const midP = mcNemar(onlyFirst, onlySecond).method === 'McNemar, mid-p';
	// Of the samples that differ, how far the second side is ahead: −1 to 1.
	const lead = (onlySecond - onlyFirst) / differing;
	const leadLow = 1 - 2 * binomialUpperBound(onlyFirst, differing, midP);
	const leadHigh = 2 * binomialUpperBound(onlySecond, differing, midP) - 1;
	const { low, high } = joinedInterval({ mean: lead, low: leadLow, high: leadHigh }, differing, n);
	return { low: Math.max(-1, low), high: Math.min(1, high) };
}

/**
 * Interval of the mean difference over `n` samples, of which only `differing` differ, from the mean and interval over
 * those that do. Excludes 0 exactly if the given interval does.
 */
export function joinedInterval(
	lead: { readonly mean: number; readonly low: number; readonly high: number },
	differing: number,
	n: number,
): { readonly low: number; readonly high: number } {
	if (lead.mean < 0) {
		const { low, high } = joinedInterval({ mean: -lead.mean, low: -lead.high, high: -lead.low }, differing, n);
		return { low: -high, high: -low };
	}
	const some = wilsonInterval(differing, n);
	const difference = lead.mean * some.share;
	const high = difference + Math.hypot(some.share * (lead.high - lead.mean), lead.mean * (some.high - some.share));
	const low =
		lead.low > 0
			? // On a logarithmic scale the end keeps its sign.
				difference * Math.exp(-Math.hypot(Math.log(lead.mean / lead.low), Math.log(some.share / some.low)))
			: difference - Math.hypot(some.share * (lead.mean - lead.low), lead.mean * (some.share - some.low));
	return { low, high };
}

/**
 * Upper end of the two-sided 95 % interval of a share of `k` in `n`: Clopper and Pearson's, or with mid-p. The lower end
 * is 1 minus the upper end of `n - k`.
 */
export function binomialUpperBound(k: number, n: number, midP: boolean): number {
	if (k === n) return 1;
	let low = k / n;
	let high = 1;
	for (let step = 0; step < 60; step += 1) {
		const middle = (low + high) / 2;
		const tail = incompleteBeta(1 - middle, n - k, k + 1) - (midP ? binomialPoint(k, n, middle) / 2 : 0);
		if (tail > 0.025) low = middle;
		else high = middle;
	}
	return (low + high) / 2;
}
