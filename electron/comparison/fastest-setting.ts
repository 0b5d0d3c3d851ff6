import type { BenchSetting, BenchTestResult } from '../../models/contract/native/tasks.ts';
import { pairedDifference } from '../statistics/mean-difference.ts';

export interface Fastest {
	readonly test: string;
	readonly setting: BenchSetting;
	readonly next: BenchSetting;
	/** Before the next, percent. */
	readonly faster: number;
	/** Measurably faster than the next, at 5 % over all settings. */
	readonly certain: boolean;
}

/** Chance of calling any of equal settings the fastest. */
const alpha = 0.05;

/**
 * With which setting each test was fastest, by median; nothing where there is a single setting. Rounds count as pairs.
 * `questions`: so many such calls are read together, and may err together once in twenty times.
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
		// Each of the others could have come second (Bonferroni).
		const certain = rates.samples.length > 2 && mean > 0 && p * (order.length - 1) * questions < alpha;
		const faster = Math.round(1000 * (rates.median / others.median - 1)) / 10;
		return [{ test, setting: first.setting, next: second.setting, faster, certain }];
	});
}
