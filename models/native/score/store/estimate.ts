import type { KeptRow, StoreShape } from './shape.ts';

/** Below this the probability of all tokens that were not kept is rounding. */
const leastRest = 1e-9;

/**
 * KL divergence of a tested distribution from one of which only this is kept, nats. The likeliest tokens count exactly.
 * Of the rest, its whole probability is known on both sides; how it is distributed within is estimated from the drawn
 * tokens by ρ − 1 − ln ρ of the ratio ρ of conditional probabilities, whose expectation is the divergence, without bias,
 * and which is never negative.
 */
export function estimateDivergence(
	row: KeptRow,
	{ kept }: StoreShape,
	tested: { readonly logits: Float32Array; readonly logSum: number },
): number {
	let sum = 0;
	let p = 0;
	let q = 0;
	for (let index = 0; index < kept; index += 1) {
		const log = (row.logits[index] ?? 0) - row.logSum;
		const share = Math.exp(log);
		if (share === 0) continue;
		const other = (tested.logits[row.ids[index] ?? 0] ?? 0) - tested.logSum;
		p += share;
		q += Math.exp(other);
		sum += share * (log - other);
	}
	const rest = 1 - p;
	if (row.drawn === 0 || rest < leastRest) return sum;
	const shift = Math.log(rest / Math.max(1 - q, leastRest));
	let within = 0;
	for (let index = kept; index < kept + row.drawn; index += 1) {
		const log = (row.logits[index] ?? 0) - row.logSum;
		const other = (tested.logits[row.ids[index] ?? 0] ?? 0) - tested.logSum;
		const lnRatio = other - log + shift;
		within += Math.exp(lnRatio) - 1 - lnRatio;
	}
	return sum + rest * (shift + within / row.drawn);
}
