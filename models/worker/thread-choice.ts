import type { ThreadTrial } from '../contract/load.ts';
import { watchOtherPrograms } from '../cpu-contention.ts';
import { medianLow } from '../median.ts';

/** Returns the thread counts worth trying: all cores and fractions of them. */
export function threadCounts(cores: number): number[] {
	const counts = [cores, cores * 0.75, cores / 2, cores / 4, 1].map((count) => Math.max(1, Math.ceil(count)));
	return [...new Set(counts)];
}

/** A larger count must be faster by this factor: threads that help little take time from everything else. */
const worthwhile = 1.03;

/** Returns the fastest of the measured counts; among nearly equal ones the smallest. */
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
/** All trials together must fit into the smallest context. */
const trialSampleTokens = 16;

/** A measured count slower than this fraction of the best is not measured again. */
const hopelessShare = 0.5;

/**
 * Measures each count in turn, in several rounds, until the budget of about 1.2 s is spent. `decode` decodes one token
 * with the count last passed to `setThreads`. Larger counts come first; once the time is up, smaller ones are tried
 * only while they are no slower, because on a busy computer the largest may be extremely slow.
 */
export async function tryThreads(
	counts: readonly number[],
	setThreads: (threads: number) => void,
	decode: () => Promise<void>,
	watch: () => () => boolean = watchOtherPrograms,
): Promise<ThreadTrial[]> {
	const samples = new Map<number, number[]>();
	const started = performance.now();
	const disturbed = watch();
	const spent = (): boolean => performance.now() - started > trialBudgetMs;
	const speed = (count: number): number => medianLow(samples.get(count) ?? []);
	const measure = async (count: number): Promise<void> => {
		setThreads(count);
		const from = performance.now();
		let tokens = 0;
		do {
			await decode();
			tokens += 1;
		} while (tokens < trialSampleTokens && performance.now() - from < trialSampleMs);
		samples.set(count, [...(samples.get(count) ?? []), (tokens / (performance.now() - from)) * 1000]);
	};

	let best = 0;
	for (const count of counts) {
		await measure(count);
		if (spent() && speed(count) < best) break;
		best = Math.max(best, speed(count));
	}
	for (let round = 1; round < trialRounds; round += 1) {
		for (const count of samples.keys()) {
			if (!spent() && speed(count) > best * hopelessShare) await measure(count);
		}
	}
	const mark = disturbed() ? { underLoad: true as const } : {};
	return [...samples.keys()].map((threads) => ({ threads, tokensPerSecond: speed(threads), ...mark }));
}
