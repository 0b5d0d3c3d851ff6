import { expect, test } from 'vitest';
import {
	clusteredError,
	compare,
	covarianceOfMeans,
	estimate,
	percentile,
	perplexityOf,
} from '../../../../models/native/perplexity/statistics.ts';

const twenty = Float64Array.from({ length: 20 }, (_, index) => Math.sin(index) + 2);

test('mean and error use the population variance over n - 1', () => {
	const { mean, error } = estimate(twenty);
	const direct = twenty.reduce((sum, value) => sum + value, 0) / 20;
	const variance = twenty.reduce((sum, value) => sum + (value - direct) ** 2, 0) / 20;
	expect(mean).toBeCloseTo(direct, 12);
	expect(error).toBeCloseTo(Math.sqrt(variance / 19), 12);
});

test('ten values or fewer have no error, and no values give zeros', () => {
	expect(estimate(twenty.slice(0, 10)).error).toBe(0);
	expect(estimate(new Float64Array(0))).toEqual({ mean: 0, error: 0 });
	expect(covarianceOfMeans(twenty.slice(0, 9), twenty.slice(0, 9))).toBe(0);
});

test('the covariance of a mean with itself is its squared error', () => {
	expect(covarianceOfMeans(twenty, twenty)).toBeCloseTo(estimate(twenty).error ** 2, 12);
});

test('the published same-top error of Llama 3 8B q4_K_M is reproduced to its printed digits', () => {
	// docs/formulas.md#published-figures-used-by-tests: 564 chunks of 255 tokens, 91.901 % same top, printed error 0.072 %.
	const count = 564 * 255;
	const zeros = new Float64Array(count);
	const sameTop = Uint8Array.from({ length: count }, (_, index) => (index < Math.round(0.91901 * count) ? 1 : 0));
	const values = { negativeLogs: zeros, baseNegativeLogs: zeros, divergences: zeros, deltas: zeros, sameTop };
	expect((compare(values, 255).reference.sameTopError * 100).toFixed(3)).toBe('0.072');
});

test('percentiles interpolate at fraction * (n - 1), and the median of an even count is the mean of the middle two', () => {
	const sorted = Float64Array.from([1, 2, 4, 8]);
	expect([0, 0.25, 0.5, 0.75, 1].map((fraction) => percentile(sorted, fraction))).toEqual([1, 1.75, 3, 5, 8]);
	expect(percentile(Float64Array.from([7]), 0.99)).toBe(7);
});

test('clustering keeps the error of independent values and widens that of repeated ones', () => {
	const repeated = Float64Array.from({ length: 400 }, (_, index) => Math.sin(Math.floor(index / 20) * 12.9898) * 10);
	expect(clusteredError(repeated, 20) ?? 0).toBeGreaterThan(4 * estimate(repeated).error);
	// With one value per cluster, n/(n-1) * sum / n^2 is the usual squared error.
	expect(clusteredError(twenty, 1) ?? 0).toBeCloseTo(estimate(twenty).error, 12);
	expect(clusteredError(twenty, 20)).toBeNull();
});

test('perplexity is the exponential of the mean, and its error is propagated', () => {
	const { perplexity, perplexityError } = perplexityOf(twenty, 5);
	expect(perplexity).toBeCloseTo(Math.exp(estimate(twenty).mean), 12);
	expect(perplexityError).toBeCloseTo(perplexity * estimate(twenty).error, 12);
});

test('a model differs from itself by exactly nothing', () => {
	const values = {
		negativeLogs: twenty,
		baseNegativeLogs: twenty,
		divergences: new Float64Array(20),
		deltas: new Float64Array(20),
		sameTop: new Uint8Array(20).fill(1),
	};
	const { reference } = compare(values, 5);
	expect(reference).toMatchObject({ lnRatio: 0, lnRatioErrorByChunk: 0, ratio: 1, difference: 0, sameTop: 1 });
	expect(reference).toMatchObject({ lnRatioError: 0, ratioError: 0, differenceError: 0 });
	expect(reference.klDivergence).toMatchObject({ mean: 0, error: 0, max: 0 });
	expect(reference.deltaP).toMatchObject({ mean: 0, rms: 0, rmsError: 0 });
	expect(reference.correlation).toBeCloseTo(1, 10);
});

test('models that hardly differ have the error of their differences, not of rounding', () => {
	// The differences, ±2^-34 in turn, are exact in floats.
	const step = 2 ** -34;
	const base = Float64Array.from({ length: 1000 }, (_, index) => 3 + Math.round(2 ** 20 * Math.sin(index)) / 2 ** 20);
	const values = {
		negativeLogs: base.map((value, index) => value + (index % 2 === 0 ? step : -step)),
		baseNegativeLogs: base,
		divergences: new Float64Array(1000),
		deltas: new Float64Array(1000),
		sameTop: new Uint8Array(1000),
	};
	const { reference } = compare(values, 100);
	const error = step / Math.sqrt(999);
	expect(reference.lnRatioError / error).toBeCloseTo(1, 6);
	expect(reference.differenceError / (reference.perplexity * error)).toBeCloseTo(1, 6);
	expect(estimate(base.map(() => 3.1)).error).toBeLessThan(1e-12);
});

test('a difference accounts for the correlation of the two models', () => {
	const shifted = twenty.map((value, index) => value + 0.01 * Math.cos(index));
	const values = {
		negativeLogs: shifted,
		baseNegativeLogs: twenty,
		divergences: new Float64Array(20),
		deltas: new Float64Array(20),
		sameTop: new Uint8Array(20),
	};
	const { reference } = compare(values, 5);
	const difference = shifted.map((value, index) => value - (twenty[index] ?? 0));
	expect(reference.lnRatioError).toBeCloseTo(estimate(difference).error, 10);
	expect(reference.lnRatioErrorByChunk).toBeCloseTo(clusteredError(difference, 5) ?? 0, 12);
});
