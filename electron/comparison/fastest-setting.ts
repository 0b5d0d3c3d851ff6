import type { BenchSetting, BenchTestResult } from '../../models/contract/native/tasks.ts';
import { pairedDifference } from '../statistics/mean-difference.ts';

export interface Fastest {
	readonly test: string;
	readonly setting: BenchSetting;
	readonly next: BenchSetting;
	/** Lead over the next setting, percent. */
	readonly faster: number;
	/** Measurably faster than the next setting, at 5 % over all settings. */
	readonly certain: boolean;
}

/** Probability of calling one of several equal settings the fastest. */
const alpha = 0.05;

/**
 * Finds the fastest setting of each test, by median; empty if there is only one setting. Rounds count as pairs.
 * `questions`: the number of such findings read together, which may include an error once in twenty times.
 */
export function findFastest(results: readonly BenchTestResult[], questions = 1): readonly Fastest[] {
	const tests = [...new Set(results.map(({ test }) => test))];
	return tests.flatMap((test) => {
		const order = results
			.filter((one) => one.test === test)
			.toSorted((a, b) => b.tokensPerSecond.median - a.tokensPerSecond.median);
		const [first, second] = order;
		if (first === undefined || second === undefined || first.setting === null || second.setting === null) return [];
		const [rates, others] = [first.tokensPerSecond, second.tokensPerSecond];
		const { mean, p } = pairedDifference(rates.samples, others.samples);
		// Any of the others could have come second (Bonferroni).
		const certain = rates.samples.length > 2 && mean > 0 && p * (order.length - 1) * questions < alpha;
		const faster = Math.round(1000 * (rates.median / others.median - 1)) / 10;
		return [{ test, setting: first.setting, next: second.setting, faster, certain }];
	});
}
