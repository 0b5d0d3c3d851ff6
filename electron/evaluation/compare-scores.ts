import { type McNemar, mcNemar } from '../statistics/mcnemar.ts';
import {
	correlation,
	type MeanError,
	meanIsZeroP,
	meanWithError,
	studentInterval,
	sumsByCluster,
} from '../statistics/mean.ts';
import { meanOf } from '../statistics/mean-difference.ts';
import { normalP } from '../statistics/normal-distribution.ts';
import { joinedInterval, pairedShareInterval } from '../statistics/paired-shares.ts';
import { detectableDifference, samplesNeeded } from '../statistics/power.ts';
import { runToEnd, type SignFlip, signFlipInSteps } from '../statistics/sign-flip.ts';

type Clusters = readonly (string | null)[] | null;

/** Two lists of scores on the same samples, in the same order. */
export interface PairedScores {
	readonly first: readonly (number | null)[];
	readonly second: readonly (number | null)[];
	/** Samples that share a cluster depend on each other; null: all are independent. */
	readonly clusters?: Clusters;
	/** Seed of the permutations that are drawn. */
	readonly seed?: number;
}

/** The second minus the first. */
export interface PairedComparison {
	/** Samples that both sides scored; `leftOut` counts the others. */
	readonly n: number;
	readonly leftOut: number;
	/** Samples that don't depend on each other: clusters if samples share them. */
	readonly independent: number;
	readonly first: MeanError;
	readonly second: MeanError;
	readonly difference: number;
	readonly standardError: number;
	readonly low: number;
	readonly high: number;
	readonly p: number;
	/** How the interval and p were computed. */
	readonly method: string;
	/** Correlation of the two sides over the samples. */
	readonly rho: number;
	/** Samples on which the second, or the first, scored higher. */
	readonly gained: number;
	readonly lost: number;
	/** null if a score is neither 0 nor 1. */
	readonly mcNemar: McNemar | null;
	/**
	 * Smallest true difference that this many samples detect 4 times in 5; null: fewer than two samples, or none
	 * differs.
	 */
	readonly detectable: number | null;
	/** Samples that would detect a difference as large as the observed one 4 times in 5; null: there is none. */
	readonly samplesNeeded: number | null;
}

/**
 * Compares two sides on the samples that both scored (docs/formulas.md#comparing-two-sides). The error is that of the
 * paired differences, clustered if samples share a cluster. p comes from McNemar's test for right and wrong answers,
 * from a permutation test for other scores and for clusters, and from Student's t above 20,000 of them. Returns null if
 * no sample was scored by both.
 */
export function* compareInSteps({
	first,
	second,
	clusters = null,
	seed = 0,
}: PairedScores): Generator<void, PairedComparison | null> {
	if (first.length !== second.length) throw new Error(`${first.length} scores can't be paired with ${second.length}`);
	const pairs = first.flatMap((value, index) => {
		const other = second[index] ?? null;
		const scored = value !== null && other !== null && Number.isFinite(value) && Number.isFinite(other);
		return scored ? [{ first: value, second: other, cluster: clusters?.[index] ?? null }] : [];
	});
	if (pairs.length === 0) return null;
	const names = clusters === null ? null : pairs.map(({ cluster }) => cluster);
	const firsts = pairs.map((pair) => pair.first);
	const seconds = pairs.map((pair) => pair.second);
	const differences = pairs.map((pair) => pair.second - pair.first);
	const error = meanWithError(differences, names);
	const gained = differences.filter((value) => value > 0).length;
	const lost = differences.filter((value) => value < 0).length;
	const shares = [...firsts, ...seconds].every((value) => value === 0 || value === 1);
	const test = shares ? mcNemar(lost, gained) : null;
	const unit = [...firsts, ...seconds].every((value) => value >= 0 && value <= 1);
	return {
		n: pairs.length,
		leftOut: first.length - pairs.length,
		independent: error.clusters,
		first: meanWithError(firsts, names),
		second: meanWithError(seconds, names),
		difference: error.mean,
		standardError: error.standardError,
		...(yield* judged(differences, error, { test, clusters: names, seed, unit })),
		rho: correlation(firsts, seconds),
		gained,
		lost,
		mcNemar: test,
		...powerOf(error, pairs.length),
	};
}

/** Runs `compareInSteps` in one go. */
export function compareScores(scores: PairedScores): PairedComparison | null {
	return runToEnd(compareInSteps(scores));
}

/** Above this number of samples the mean is close enough to normal, and permutations would only take time. */
const permutationLimit = 20_000;

/** Of a p with its interval: neither ever contradicts the other. */
type Judged = Pick<PairedComparison, 'low' | 'high' | 'p' | 'method'>;

function* judged(
	differences: readonly number[],
	error: MeanError,
	{ test, clusters, seed, unit }: { test: McNemar | null; clusters: Clusters; seed: number; unit: boolean },
): Generator<void, Judged> {
	const n = differences.length;
	if (error.clusters < n) return yield* judgedClusters(differences, error, { clusters, seed, unit });
	if (test !== null) {
		return { ...pairedShareInterval(test.onlyFirst, test.onlySecond, n), p: test.p, method: test.method };
	}
	if (n > permutationLimit) return { ...studentInterval(error), p: meanIsZeroP(error), method: 'paired t' };
	const changed = differences.filter((value) => value !== 0);
	if (changed.length === 0) {
		const most = unit ? Math.min(1, 3 / n) : 0;
		return { low: -most, high: most, p: 1, method: 'permutation, exact' };
	}
	const found = yield* signFlipInSteps(
		changed.map((sum) => ({ sum, count: 1 })),
		{ seed },
	);
	const lead = { mean: meanOf(changed), ...endsOf(found, changed, unit) };
	return { ...within(joinedInterval(lead, changed.length, n), unit), p: found.p, method: methodOf(found) };
}

/** Clusters are flipped whole; those without a difference stay in, so an end of the interval may be 0. */
function* judgedClusters(
	differences: readonly number[],
	error: MeanError,
	{ clusters, seed, unit }: { clusters: Clusters; seed: number; unit: boolean },
): Generator<void, Judged> {
	const groups = sumsByCluster(differences, clusters ?? []);
	const words = `${error.clusters} ${error.clusters === 1 ? 'cluster' : 'clusters'}`;
	if (error.clusters > permutationLimit) {
		return { ...studentInterval(error), p: meanIsZeroP(error), method: `paired t, ${words}` };
	}
	const found = yield* signFlipInSteps(groups, { seed });
	const means = groups.map(({ sum, count }) => sum / count);
	return { ...within(endsOf(found, means, unit), unit), p: found.p, method: `${methodOf(found)}, ${words}` };
}

/** Where nothing can be ruled out, the ends are the largest difference that scores allow, or that was seen. */
function endsOf({ low, high }: SignFlip, seen: readonly number[], unit: boolean): { low: number; high: number } {
	const most = unit ? 1 : Math.max(...seen.map(Math.abs));
	return { low: low ?? -most, high: high ?? most };
}

function within({ low, high }: { low: number; high: number }, unit: boolean): { low: number; high: number } {
	return unit ? { low: Math.max(-1, low), high: Math.min(1, high) } : { low, high };
}

function methodOf({ draws }: SignFlip): string {
	return draws === null ? 'permutation, exact' : `permutation, ${draws.toLocaleString('en')} drawn`;
}

/** z = difference ÷ standard error, and its two-sided normal p. */
export function normalTest({ difference, standardError }: Pick<PairedComparison, 'difference' | 'standardError'>) {
	const z = standardError === 0 ? 0 : difference / standardError;
	return { z, p: normalP(z) };
}

function powerOf(
	{ mean, standardError }: MeanError,
	n: number,
): Pick<PairedComparison, 'detectable' | 'samplesNeeded'> {
	if (standardError === 0) return { detectable: null, samplesNeeded: null };
	// The variance of single-sample differences; with clusters, that of the equivalent number of independent samples.
	const noise = { omegaSquared: standardError ** 2 * n };
	return {
		detectable: detectableDifference(n, noise),
		samplesNeeded: mean === 0 ? null : Math.ceil(samplesNeeded(Math.abs(mean), noise)),
	};
}
