import { bootstrapInSteps, runToEnd } from '../statistics/bootstrap.ts';
import { type McNemar, mcNemar } from '../statistics/mcnemar.ts';
import { correlation, type MeanError, meanIsZeroP, meanWithError, studentInterval } from '../statistics/mean.ts';
import { normalP } from '../statistics/normal-distribution.ts';
import { pairedShareInterval } from '../statistics/paired-shares.ts';
import { detectableDifference, samplesNeeded } from '../statistics/power.ts';

/** Two lists of scores on the same samples, in the same order. */
export interface PairedScores {
	readonly first: readonly (number | null)[];
	readonly second: readonly (number | null)[];
	/** Samples that share a cluster depend on each other; null: all are independent. */
	readonly clusters?: readonly (string | null)[] | null;
	/** Seed of the bootstrap. */
	readonly seed?: number;
}

/** The second minus the first. */
export interface PairedComparison {
	/** Samples that both sides scored; `leftOut` counts the others. */
	readonly n: number;
	readonly leftOut: number;
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
 * from a bootstrap for other scores (up to 20,000 samples), and from Student's t with clusters. Returns null if no
 * sample was scored by both.
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
	return {
		n: pairs.length,
		leftOut: first.length - pairs.length,
		first: meanWithError(firsts, names),
		second: meanWithError(seconds, names),
		difference: error.mean,
		standardError: error.standardError,
		...(yield* judged(differences, error, test, names, seed)),
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

/** Above this number of samples the mean is close enough to normal, and the bootstrap would only take time. */
const bootstrapLimit = 20_000;

function* judged(
	differences: readonly number[],
	error: MeanError,
	test: McNemar | null,
	clusters: readonly (string | null)[] | null,
	seed: number,
): Generator<void, Pick<PairedComparison, 'low' | 'high' | 'p' | 'method'>> {
	const clustered = error.clusters < differences.length;
	const student = studentInterval(error);
	if (clustered) {
		const words = `paired t, ${error.clusters} ${error.clusters === 1 ? 'cluster' : 'clusters'}`;
		// A single cluster shows no spread between clusters, so it allows no conclusion.
		if (error.freedom < 1) return { low: -1, high: 1, p: 1, method: words };
		return { ...student, p: meanIsZeroP(error), method: words };
	}
	if (test !== null) {
		const interval = pairedShareInterval(test.onlyFirst, test.onlySecond, differences.length);
		return { ...interval, p: test.p, method: test.method };
	}
	if (differences.length < 2) return { ...student, p: 1, method: 'none: 1 sample' };
	if (differences.length > bootstrapLimit) return { ...student, p: meanIsZeroP(error), method: 'paired t' };
	const { low, high, p } = yield* bootstrapInSteps(differences, { seed, clusters });
	return { low, high, p, method: 'paired bootstrap' };
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
