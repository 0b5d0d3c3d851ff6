import { expect, test } from 'vitest';
import { ScoreKernel } from '../../../../models/native/perplexity/kernel.ts';
import { kernelBytes } from '../../../../models/native/perplexity/kernel-bytes.ts';
import { assembleKernel } from '../../../../scripts/assemble-kernel.ts';

/** Returns a fixed sequence of numbers in [0, 1). */
function randoms(seed: number): () => number {
	let state = seed;
	return () => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return state / 2 ** 32;
	};
}

function logits(length: number, seed: number, spread = 20): Float32Array {
	const random = randoms(seed);
	return Float32Array.from({ length }, () => (random() - 0.4) * spread);
}

/** Computes the log-softmax in plain doubles. */
function logSoftmax(row: Float32Array): Float64Array {
	const max = row.reduce((a, b) => Math.max(a, b));
	let sum = 0;
	for (const logit of row) sum += Math.exp(logit - max);
	return Float64Array.from(row, (logit) => logit - max - Math.log(sum));
}

function exactDivergence(base: Float32Array, tested: Float32Array): number {
	const p = logSoftmax(base);
	const q = logSoftmax(tested);
	return p.reduce((sum, log, index) => sum + Math.exp(log) * (log - (q[index] ?? 0)), 0);
}

test('the bytes are kernel.wat, assembled', async () => {
	expect(await assembleKernel()).toBe(kernelBytes);
});

test.each([1, 3, 8, 1003, 49_152])('stats of %i logits agree with doubles to 1e-7', (length) => {
	const kernel = new ScoreKernel(length, 2, false);
	const rows = [logits(length, 1), logits(length, 2, 200)];
	kernel.copy(1, Float32Array.from(rows.flatMap((row) => [...row])), 2);
	rows.forEach((row, index) => {
		const stats = kernel.stats(1, index);
		const max = Math.max(...row);
		expect(stats.max).toBe(max);
		expect(stats.top).toBe(row.indexOf(max));
		expect(Math.abs(stats.logSum - ((row[0] ?? 0) - (logSoftmax(row)[0] ?? 0)))).toBeLessThan(1e-6);
		expect([...kernel.row(1, index)]).toEqual([...row]);
	});
});

test.each([5, 1003, 49_152])(
	'divergence of %i logits agrees with doubles, for large and small differences',
	(length) => {
		const kernel = new ScoreKernel(length, 3, true);
		const base = logits(length, 3);
		const noise = randoms(4);
		const near = base.map((logit) => logit + (noise() - 0.5) * 1e-3);
		const far = logits(length, 5);
		kernel.copy(0, Float32Array.from([...base, ...base, ...base]), 3);
		kernel.copy(1, Float32Array.from([...near, ...far, ...base]), 3);
		// 4e-8 nats: resolves a hundredth of the difference between F16 and BF16.
		expect(Math.abs(kernel.divergence(0).divergence - exactDivergence(base, near))).toBeLessThan(2e-8);
		expect(Math.abs(kernel.divergence(1).divergence / exactDivergence(base, far) - 1)).toBeLessThan(1e-6);
		expect(kernel.divergence(2).divergence).toBe(0);
	},
);

test('the first of several largest logits is the top', () => {
	const kernel = new ScoreKernel(11, 1, false);
	kernel.copy(1, Float32Array.from([0, 1, 5, 2, 5, 5, 1, 0, 5, 1, 5]), 1);
	expect(kernel.stats(1, 0).top).toBe(2);
});

test('a NaN anywhere in a row gives NaN', () => {
	for (const at of [0, 5, 16, 18]) {
		const kernel = new ScoreKernel(19, 1, false);
		const row = logits(19, 6);
		row[at] = Number.NaN;
		kernel.copy(1, row, 1);
		expect(kernel.stats(1, 0).logSum).toBeNaN();
	}
});

test('logits far below the largest add nothing and do not overflow', () => {
	const kernel = new ScoreKernel(8, 1, false);
	kernel.copy(1, Float32Array.from([1000, -1e30, -500, 0, 999, -3e38, 1000, 1000]), 1);
	expect(kernel.stats(1, 0).logSum).toBeCloseTo(1000 + Math.log(3 + Math.exp(-1)), 6);
});
