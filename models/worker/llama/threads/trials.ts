import type { ThreadTrial } from '../../../contract/load.ts';

/** Thread counts worth trying: all cores and parts of them. */
export function threadCounts(cores: number): number[] {
	const counts = [cores, cores * 0.75, cores / 2, cores / 4, 1].map((count) => Math.max(1, Math.ceil(count)));
	return [...new Set(counts)];
}

/** A larger count must be faster by this much: threads that help little take time from everything else. */
const worthwhile = 1.03;

/** Of measured counts, the fastest; of nearly equal ones the smallest. */
export function bestThreads(trials: readonly ThreadTrial[]): number {
	const sorted = trials.toSorted((a, b) => a.threads - b.threads);
	let best = sorted[0];
	for (const trial of sorted) {
		if (best === undefined || trial.tokensPerSecond > best.tokensPerSecond * worthwhile) best = trial;
	}
	return best?.threads ?? 1;
}

const trialBudgetMs = 1200;
const trialRounds = 3;
const trialSampleMs = 40;

export function median(values: readonly number[]): number {
	const sorted = values.toSorted((a, b) => a - b);
	return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

/**
 * Measures each count in turn, some rounds, until the budget of about 1.2 s is spent. `decode` decodes one token with
 * the count that was last given to `setThreads`.
 */
export async function tryThreads(
	counts: readonly number[],
	setThreads: (threads: number) => void,
	decode: () => Promise<void>,
): Promise<ThreadTrial[]> {
	const samples = new Map<number, number[]>(counts.map((count) => [count, []]));
	const started = performance.now();
	const spent = (): boolean => performance.now() - started > trialBudgetMs;
	for (let round = 0; round < trialRounds; round += 1) {
		for (const count of counts) {
			if (spent() && (samples.get(count)?.length ?? 0) > 0) continue;
			// All cores come first, so on a slow model the time runs out on the counts that help least.
			if (spent() && count !== counts[0]) continue;
			setThreads(count);
			const from = performance.now();
			let tokens = 0;
			do {
				await decode();
				tokens += 1;
			} while (performance.now() - from < trialSampleMs);
			samples.get(count)?.push((tokens / (performance.now() - from)) * 1000);
		}
	}
	return counts.flatMap((threads) => {
		const speeds = samples.get(threads) ?? [];
		return speeds.length === 0 ? [] : [{ threads, tokensPerSecond: median(speeds) }];
	});
}
