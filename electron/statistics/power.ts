import { normalQuantile } from './normal-distribution.ts';

/** Components of the noise of a paired comparison (Miller, arXiv 2411.00640, section 5). */
export interface Noise {
	/** Var(x_A) + Var(x_B) − 2 Cov(x_A, x_B) of the samples' true scores; with one answer each: the variance of differences. */
	readonly omegaSquared: number;
	/** Variance of answers to one sample ÷ answers per sample, of both sides together; 0 if omega includes it. */
	readonly withinSquared?: number;
}

export interface PowerOptions {
	/** Probability of a false claim. */
	readonly alpha?: number;
	/** Probability of detecting an existing difference. */
	readonly power?: number;
}

function factor({ alpha = 0.05, power = 0.8 }: PowerOptions): number {
	return normalQuantile(1 - alpha / 2) + normalQuantile(power);
}

/** The smallest true difference that `n` samples detect with the requested power. */
export function detectableDifference(
	n: number,
	{ omegaSquared, withinSquared = 0 }: Noise,
	options: PowerOptions = {},
): number {
	return factor(options) * Math.sqrt((omegaSquared + withinSquared) / n);
}

/** Number of samples that detect a true difference of `delta` with the requested power; not rounded. */
export function samplesNeeded(
	delta: number,
	{ omegaSquared, withinSquared = 0 }: Noise,
	options: PowerOptions = {},
): number {
	return (factor(options) ** 2 * (omegaSquared + withinSquared)) / delta ** 2;
}
