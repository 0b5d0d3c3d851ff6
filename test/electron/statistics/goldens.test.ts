import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { cohenKappa } from '../../../electron/statistics/kappa.ts';
import { mcNemar } from '../../../electron/statistics/mcnemar.ts';
import {
	correlation,
	meanIsZeroP,
	meanWithError,
	pooledMean,
	studentInterval,
} from '../../../electron/statistics/mean.ts';
import { chiSquaredP, normalCdf, normalP, normalQuantile } from '../../../electron/statistics/normal-distribution.ts';
import { quantile } from '../../../electron/statistics/order-statistics.ts';
import { detectableDifference, samplesNeeded } from '../../../electron/statistics/power.ts';
import { createRandom } from '../../../electron/statistics/seeded-random.ts';
import { fewestSamples, signFlip, signFlipInSteps } from '../../../electron/statistics/sign-flip.ts';
import { wilsonInterval } from '../../../electron/statistics/wilson.ts';

// Results of SciPy 1.17.1 and statsmodels 0.15.0, written by golden/make.py.
const golden = JSON.parse(readFileSync(new URL('golden/statistics.json', import.meta.url), 'utf8'));

/** Relative to the expected number, or absolute if that is 0. */
function agrees(actual: number, expected: number, within = 1e-9): void {
	const apart = expected === 0 ? Math.abs(actual) : Math.abs(actual / expected - 1);
	expect(apart, `${actual} against ${expected}`).toBeLessThan(within);
}

test('normal and chi-squared distributions', () => {
	for (const [p, z] of golden.normalQuantile) agrees(normalQuantile(p), z);
	for (const [z, p] of golden.normalCdf) agrees(normalCdf(z), p);
	for (const [z, p] of golden.normalP) agrees(normalP(z), p);
	for (const [x, freedom, p] of golden.chiSquaredP) agrees(chiSquaredP(x, freedom), p);
});

test('Wilson intervals', () => {
	for (const [k, n, low, high] of golden.wilson) {
		const interval = wilsonInterval(k, n);
		expect(Math.abs(interval.low - low)).toBeLessThan(1e-12);
		expect(Math.abs(interval.high - high)).toBeLessThan(1e-12);
	}
});

test('McNemar: exact, mid-p, chi-squared and corrected', () => {
	for (const { b, c, exact, midP, chi, corrected } of golden.mcNemar) {
		const result = mcNemar(b, c);
		agrees(result.exact, exact);
		agrees(result.midP, midP);
		agrees(result.chiSquared.statistic, chi[0]);
		agrees(result.chiSquared.p, chi[1]);
		// Equal counts: statsmodels corrects |0| − 1 to a distance of 1, which would make no difference significant.
		if (b !== c) {
			agrees(result.corrected.statistic, corrected[0]);
			agrees(result.corrected.p, corrected[1]);
		}
	}
	expect(mcNemar(3, 9).method).toBe('McNemar, exact');
	expect(mcNemar(13, 12)).toMatchObject({ method: 'McNemar, mid-p' });
});

test('a mean with its error, plain and clustered', () => {
	const { values, clusters, ...expected } = golden.mean;
	const plain = meanWithError(values);
	agrees(plain.mean, expected.mean);
	agrees(plain.standardError, expected.se);
	agrees(studentInterval(plain).low, expected.low);
	agrees(studentInterval(plain).high, expected.high);
	const clustered = meanWithError(values, clusters);
	expect(clustered).toMatchObject({ clusters: expected.clusterCount, freedom: expected.clusterCount - 1 });
	agrees(clustered.standardError, expected.clusteredSe);
	agrees(studentInterval(clustered).low, expected.clusteredLow);
	agrees(studentInterval(clustered).high, expected.clusteredHigh);
	agrees(meanIsZeroP(clustered), expected.clusteredP);
	const own = meanWithError(
		values,
		values.map(() => null),
	);
	expect(own).toEqual(plain);
	expect(meanWithError([0, 1, 1], ['a', 'a', 'a'])).toMatchObject({ standardError: 0, freedom: 0, clusters: 1 });
});

test('paired differences, plain and clustered, and their correlation', () => {
	const { second, ...expected } = golden.paired;
	const { values, clusters } = golden.mean;
	const differences = second.map((value: number, index: number) => value - values[index]);
	const plain = meanWithError(differences);
	agrees(plain.mean, expected.difference);
	agrees(plain.standardError, expected.se);
	agrees(meanIsZeroP(plain), expected.p);
	agrees(studentInterval(plain).low, expected.low);
	agrees(correlation(values, second), expected.rho);
	const clustered = meanWithError(differences, clusters);
	agrees(clustered.standardError, expected.clusteredSe);
	agrees(meanIsZeroP(clustered), expected.clusteredP);
	agrees(studentInterval(clustered).low, expected.clusteredLow);
	agrees(studentInterval(clustered).high, expected.clusteredHigh);
});

const alone = (values: readonly number[]) => values.map((sum) => ({ sum, count: 1 }));

test('sign flips are close to SciPy’s with 200,000 permutations, exact for a few samples, and repeatable', () => {
	const { second, ...expected } = golden.paired;
	const differences = alone(second.map((value: number, index: number) => value - golden.mean.values[index]));
	const found = signFlip(differences, { seed: 7, draws: 99_999 });
	expect(Math.abs(found.p - expected.signFlip)).toBeLessThan(0.004);
	// Inverting the test and drawing with replacement agree where there are enough samples.
	expect(Math.abs((found.low ?? 0) - expected.bootstrap[0])).toBeLessThan(0.02);
	expect(Math.abs((found.high ?? 0) - expected.bootstrap[1])).toBeLessThan(0.02);
	expect(signFlip(differences, { seed: 7 })).toEqual(signFlip(differences, { seed: 7 }));
	expect(signFlip(differences, { seed: 7 })).not.toEqual(signFlip(differences, { seed: 8 }));
	const few = golden.signFlipExact;
	expect(signFlip(alone(few.differences), { seed: 3 }).p).toBeCloseTo(few.p, 9);
});

test('the interval of sign flips holds the values that the test does not reject', () => {
	const values = [0.3, 1.1, -0.2, 0.8, 0.5, 0.9, 0.1];
	const { low, high } = signFlip(alone(values), { seed: 1 });
	for (const at of [-0.5, 0, 0.1, 0.12, 0.3, 0.49, 0.7, 0.88, 0.9, 1.2]) {
		const { p } = signFlip(alone(values.map((value) => value - at)), { seed: 1 });
		expect(p > 0.05, `${at}`).toBe(at >= (low ?? Number.NEGATIVE_INFINITY) && at <= (high ?? Number.POSITIVE_INFINITY));
	}
});

test('sign flips turn clusters whole', () => {
	const values = Array.from({ length: 200 }, (_, index) => (index % 20 < 10 ? 1 : -1));
	const clusters = Array.from({ length: 20 }, (_, index) => ({ sum: index % 2 === 0 ? 10 : -10, count: 10 }));
	const single = signFlip(alone(values), { seed: 1 });
	const together = signFlip(clusters, { seed: 1 });
	const width = ({ low, high }: typeof single): number => (high ?? 0) - (low ?? 0);
	expect(width(together) / width(single)).toBeGreaterThan(2.5);
	expect(signFlip(alone([1, 1, 1]), { seed: 1 })).toEqual({ low: null, high: null, p: 0.25, draws: null });
});

test('the fewest samples that can tell two sides apart: 2 / 2⁶ is below 0.05, 2 / 2⁵ is not', () => {
	expect([1, 2, 3, 7].map(fewestSamples)).toEqual([6, 7, 7, 9]);
	expect(mcNemar(0, 5).p).toBeGreaterThan(0.05);
	expect(mcNemar(0, 6).p).toBeLessThan(0.05);
});

test('quantiles interpolate like numpy’s', () => {
	expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
	expect(quantile([1, 2, 3, 4], 0.975)).toBeCloseTo(3.925, 12);
	expect(quantile([5], 0.1)).toBe(5);
});

test('Cohen’s kappa with its error', () => {
	const { first, second, kappa, se, low, high } = golden.kappa;
	const result = cohenKappa(first, second);
	agrees(result.kappa ?? Number.NaN, kappa);
	agrees(result.standardError ?? Number.NaN, se);
	agrees(result.low ?? Number.NaN, low);
	agrees(result.high ?? Number.NaN, high);
	expect(cohenKappa(['up', 'up'], ['up', 'up']).kappa).toBeNull();
	expect(cohenKappa([], []).kappa).toBeNull();
});

test('pooled shares', () => {
	const { values, weights, mean, se } = golden.pooled;
	const result = pooledMean(values, weights);
	agrees(result.mean, mean);
	agrees(result.standardError, se);
});

test('samples needed and detectable differences (Miller, section 5)', () => {
	for (const [delta, omegaSquared, withinSquared, n] of golden.power.n) {
		agrees(samplesNeeded(delta, { omegaSquared, withinSquared }), n);
		agrees(detectableDifference(n, { omegaSquared, withinSquared }), delta);
	}
	// The paper's own figures: 969; with sampling noise 3,876 at one answer each and 1,260 at ten.
	const omegaSquared = 1 / 9;
	expect(Math.ceil(samplesNeeded(0.03, { omegaSquared }))).toBe(969);
	expect(Math.ceil(samplesNeeded(0.03, { omegaSquared, withinSquared: 1 / 3 }))).toBe(3_876);
	expect(Math.ceil(samplesNeeded(0.03, { omegaSquared, withinSquared: 1 / 30 }))).toBe(1_260);
});

test('random numbers are evenly distributed and the same for the same seed', () => {
	const random = createRandom(42);
	const counts = new Array<number>(10).fill(0);
	for (let draw = 0; draw < 100_000; draw += 1) counts[random.below(10)]! += 1;
	const chi = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
	expect(chiSquaredP(chi, 9)).toBeGreaterThan(0.001);
	expect(createRandom(42).next()).toBe(createRandom(42).next());
});

test('a permutation test of 10,000 samples runs in steps of 2 ms', () => {
	const differences = alone(Array.from({ length: 10_000 }, (_, n) => (n % 7) - 3.2));
	const steps = signFlipInSteps(differences, { seed: 3 });
	let count = 0;
	let next = steps.next();
	for (; next.done !== true; next = steps.next()) count += 1;
	// 1,999 draws, 20 per step.
	expect(count).toBe(100);
	expect(next.value).toEqual(signFlip(differences, { seed: 3 }));
});
