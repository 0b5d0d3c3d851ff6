/**
 * llama-perplexity's summary of a comparison (tools/perplexity/perplexity.cpp), from one value per scored token. Its
 * own errors treat tokens as independent; the errors by chunk cluster them (arXiv 2411.00640, appendix A). Errors are
 * summed from differences: llama-perplexity's form (docs/formulas.md#kl-divergence) is equal, but subtracts large
 * numbers, which leaves only rounding where the two models are nearly the same.
 */

export type Estimate = { mean: number; error: number };

/** Returns the mean and its standard error; no error for ten values or fewer. */
export function estimate(values: Float64Array): Estimate {
	const n = values.length;
	if (n === 0) return { mean: 0, error: 0 };
	const mean = meanOf(values);
	if (n <= 10) return { mean, error: 0 };
	let squares = 0;
	for (const value of values) squares += (value - mean) ** 2;
	return { mean, error: Math.sqrt(squares / n / (n - 1)) };
}

function meanOf(values: Float64Array): number {
	let sum = 0;
	for (const value of values) sum += value;
	return sum / values.length;
}

/** Returns the covariance of two means; 0 for fewer than ten pairs. */
export function covarianceOfMeans(a: Float64Array, b: Float64Array): number {
	const n = a.length;
	if (n < 10) return 0;
	const meanA = meanOf(a);
	const meanB = meanOf(b);
	let products = 0;
	for (let index = 0; index < n; index += 1) products += ((a[index] ?? 0) - meanA) * ((b[index] ?? 0) - meanB);
	return products / n / (n - 1);
}

/**
 * Returns the standard error of the mean of values in clusters of equal size (the chunks), with the finite-cluster
 * correction C/(C-1). null for a single cluster.
 */
export function clusteredError(values: Float64Array, clusterSize: number): number | null {
	const clusters = Math.floor(values.length / clusterSize);
	if (clusters < 2) return null;
	const { mean } = estimate(values);
	let squares = 0;
	for (let cluster = 0; cluster < clusters; cluster += 1) {
		let sum = 0;
		for (let index = 0; index < clusterSize; index += 1) sum += (values[cluster * clusterSize + index] ?? 0) - mean;
		squares += sum * sum;
	}
	return Math.sqrt((clusters / (clusters - 1)) * squares) / values.length;
}

/** Returns the quantile by linear interpolation at fraction * (n - 1). `sorted` is ascending and not empty. */
export function percentile(sorted: Float64Array, fraction: number): number {
	const at = Math.min(Math.max(fraction, 0), 1) * (sorted.length - 1);
	const below = Math.floor(at);
	const rest = at - below;
	const low = sorted[below] ?? Number.NaN;
	return rest === 0 ? low : (1 - rest) * low + rest * (sorted[below + 1] ?? low);
}

const { fround } = Math;

/**
 * Returns the quantile with its position in float, like llama-perplexity. Among a thousand values this moves the 99.9 %
 * quantile by up to a few 1e-5 of the distance to its neighbour, which shows in the sixth digit.
 */
export function floatPercentile(sorted: Float64Array, fraction: number): number {
	if (fraction <= 0 || fraction >= 1) return percentile(sorted, fraction);
	const at = fround(fround(fraction) * (sorted.length - 1));
	const below = Math.trunc(at);
	const rest = fround(at - below);
	const low = sorted[below] ?? Number.NaN;
	return fround(1 - rest) * low + rest * (sorted[below + 1] ?? low);
}

/** `exact`, or `llama-perplexity` to reproduce its digits. */
export type Interpolation = 'exact' | 'llama-perplexity';

/** llama-perplexity's statistics of a distribution. */
type Distribution = Estimate & {
	/** Standard error clustered by chunk; null for a single chunk. */
	errorByChunk: number | null;
	min: number;
	p001: number;
	p01: number;
	p05: number;
	p10: number;
	p25: number;
	median: number;
	p75: number;
	p90: number;
	p95: number;
	p99: number;
	p999: number;
	max: number;
};

function distribution(values: Float64Array, clusterSize: number, interpolation: Interpolation): Distribution {
	const sorted = values.toSorted();
	const quantile = interpolation === 'exact' ? percentile : floatPercentile;
	const at = (fraction: number): number => quantile(sorted, fraction);
	return {
		...estimate(values),
		errorByChunk: clusteredError(values, clusterSize),
		min: at(0),
		p001: at(0.001),
		p01: at(0.01),
		p05: at(0.05),
		p10: at(0.1),
		p25: at(0.25),
		// llama-perplexity averages the middle two, which equals this interpolation.
		median: percentile(sorted, 0.5),
		p75: at(0.75),
		p90: at(0.9),
		p95: at(0.95),
		p99: at(0.99),
		p999: at(0.999),
		max: at(1),
	};
}

/** Perplexity and its error, from negative log-likelihoods in nats, one per token. */
export type Perplexity = {
	perplexity: number;
	perplexityError: number;
	/** The same error, clustered by chunk; null for a single chunk. */
	perplexityErrorByChunk: number | null;
};

export function perplexityOf(negativeLogs: Float64Array, clusterSize: number): Perplexity {
	const { mean, error } = estimate(negativeLogs);
	const perplexity = Math.exp(mean);
	const clustered = clusteredError(negativeLogs, clusterSize);
	return {
		perplexity,
		perplexityError: perplexity * error,
		perplexityErrorByChunk: clustered === null ? null : perplexity * clustered,
	};
}

/** One value per scored token, in order, chunk by chunk. */
export type ComparedTokens = {
	negativeLogs: Float64Array;
	baseNegativeLogs: Float64Array;
	divergences: Float64Array;
	/** Change of the correct token's probability. */
	deltas: Float64Array;
	/** 1 if both models rank the same token first. */
	sameTop: Uint8Array;
};

export type Comparison = Perplexity & {
	reference: Perplexity & {
		klDivergence: Distribution;
		sameTop: number;
		sameTopError: number;
		/** As probability, not percent. */
		deltaP: Distribution & { rms: number; rmsError: number };
		lnRatio: number;
		lnRatioError: number;
		lnRatioErrorByChunk: number | null;
		ratio: number;
		ratioError: number;
		difference: number;
		differenceError: number;
		/** null if a perplexity has no spread. */
		correlation: number | null;
	};
};

/** Returns the error of mean(a) * factorA - mean(b) * factorB, which depend on each other: that of their differences. */
function errorOfDifference(a: Float64Array, b: Float64Array, factorA = 1, factorB = 1): number {
	return estimate(a.map((value, index) => factorA * value - factorB * (b[index] ?? 0))).error;
}

export function compare(
	tokens: ComparedTokens,
	clusterSize: number,
	interpolation: Interpolation = 'exact',
): Comparison {
	const { negativeLogs, baseNegativeLogs, divergences, deltas, sameTop } = tokens;
	const count = negativeLogs.length;
	const tested = estimate(negativeLogs);
	const base = estimate(baseNegativeLogs);
	const own = perplexityOf(negativeLogs, clusterSize);
	const reference = perplexityOf(baseNegativeLogs, clusterSize);
	const covariance = covarianceOfMeans(negativeLogs, baseNegativeLogs);
	const lnRatio = tested.mean - base.mean;
	const lnRatioError = errorOfDifference(negativeLogs, baseNegativeLogs);
	const squared = estimate(deltas.map((delta) => delta * delta));
	const rms = Math.sqrt(squared.mean);
	const same = sameTop.reduce((sum, value) => sum + value, 0) / count;
	return {
		...own,
		reference: {
			...reference,
			klDivergence: distribution(divergences, clusterSize, interpolation),
			sameTop: same,
			sameTopError: count > 1 ? Math.sqrt((same * (1 - same)) / (count - 1)) : 0,
			deltaP: {
				...distribution(deltas, clusterSize, interpolation),
				rms,
				rmsError: rms === 0 ? 0 : (0.5 / rms) * squared.error,
			},
			lnRatio,
			lnRatioError,
			lnRatioErrorByChunk: clusteredError(
				negativeLogs.map((value, index) => value - (baseNegativeLogs[index] ?? 0)),
				clusterSize,
			),
			ratio: Math.exp(lnRatio),
			ratioError: Math.exp(lnRatio) * lnRatioError,
			difference: own.perplexity - reference.perplexity,
			differenceError: errorOfDifference(negativeLogs, baseNegativeLogs, own.perplexity, reference.perplexity),
			correlation: tested.error * base.error === 0 ? null : covariance / (tested.error * base.error),
		},
	};
}
