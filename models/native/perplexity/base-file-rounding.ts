/**
 * Computes the KL divergence like llama-perplexity with its base file: the reference's log-probabilities are cut off 16
 * below the largest and stored in 16 bits, and the arithmetic is in float. The result differs from the exact one in the
 * third digit; this mode shows that rounding explains the difference. (tools/perplexity/perplexity.cpp, both
 * `log_softmax`.)
 */

/** One row of the base file. ln p of token i is scale * codes[i] + floor. */
export type CodedRow = { scale: number; floor: number; codes: Uint16Array };

export type CodedResult = {
	/** Negative log-likelihood of the correct token under the tested model, in float. */
	negativeLog: number;
	/** The same under the reference, decoded from its code. */
	baseNegativeLog: number;
	divergence: number;
	deltaP: number;
	sameTop: boolean;
};

const { fround } = Math;
/** Tokens below this log-probability are excluded from the divergence. */
const cutoff = -16;
const steps = 65_535;

/** Rounds like llama.cpp, ties to even, by adding 1.5 * 2^23 in float. */
function nearest(value: number): number {
	return fround(value + 12_582_912) - 12_582_912;
}

/**
 * Decodes ln p, rounded after the product and after the sum: llama.cpp's programs are built without fused multiply-add,
 * and a single rounding would move the smallest divergences by a third.
 */
export function decode(row: CodedRow, token: number): number {
	return fround(fround(row.scale * (row.codes[token] ?? 0)) + row.floor);
}

/** Encodes one row of the reference. `logSum` is ln of the sum of exp(logit - max). */
export function codeRow(logits: Float32Array, max: number, logSum: number, into: Uint16Array): CodedRow {
	let min = max;
	for (const logit of logits) if (logit < min) min = logit;
	min = Math.max(min, fround(max - 16));
	const scale = fround(fround(max - min) / steps);
	const floor = fround(fround(min - max) - fround(logSum));
	if (scale === 0) into.fill(0);
	else {
		const inverse = fround(1 / scale);
		for (let index = 0; index < logits.length; index += 1) {
			const logit = logits[index] ?? 0;
			into[index] = logit > min ? nearest(fround(inverse * fround(logit - min))) : 0;
		}
	}
	return { scale, floor, codes: into };
}

/** Compares one row of the tested model with a coded row, for the correct token `token`. */
export function compareCoded(
	base: CodedRow,
	tested: { logits: Float32Array; max: number; top: number; logSum: number },
	token: number,
): CodedResult {
	const { logits } = tested;
	const logSum = fround(tested.logSum);
	const shift = fround(tested.max + logSum);
	let sum = 0;
	let top = 0;
	let topLog = Number.NEGATIVE_INFINITY;
	for (let index = 0; index < logits.length; index += 1) {
		const log = decode(base, index);
		if (log > topLog) {
			topLog = log;
			top = index;
		}
		if (log > cutoff) {
			sum += fround(fround(Math.exp(log)) * fround(fround(log - (logits[index] ?? 0)) + shift));
		}
	}
	const negativeLog = fround(shift - (logits[token] ?? 0));
	const baseNegativeLog = -decode(base, token);
	const p = fround(Math.exp(-negativeLog));
	const pBase = fround(Math.exp(-baseNegativeLog));
	return { negativeLog, baseNegativeLog, divergence: sum, deltaP: fround(p - pBase), sameTop: top === tested.top };
}
