import type { ThreadTrial } from '../../contract/load.ts';
import { bestThreads, median } from './thread-choice.ts';

/** Chooses how many threads infer, by measuring; never more than help. */
export interface ThreadTuner {
	readonly threads: number;
	readonly trials: readonly ThreadTrial[];
	/** Tells of one token generated at `depth` tokens into the context; may change the thread count for the next. */
	generated(ms: number, depth: number): void;
	/** Called before an answer: what was chosen while the machine was busy is measured again some time later. */
	begin(): void;
}

export interface ThreadTunerOptions {
	readonly counts: readonly number[];
	readonly trials: readonly ThreadTrial[];
	readonly setThreads: (threads: number) => void;
	/** The count was measured again. */
	readonly changed: () => void;
	/** Milliseconds; for tests. */
	readonly clock?: () => number;
}

/** Tokens whose mean speed is compared with what it was. */
const windowTokens = 16;
/** Another program is busy when the speed falls below this share of what it was. */
const slowShare = 0.5;
/** Another count is better when it was measured to be faster by this much. */
const otherShare = 0.9;
/** Tokens generated with each count when it is measured during an answer; the first of them is not counted. */
const probeTokens = 6;
/**
 * A count this much slower than the best so far is given up after one token, or after two: threads that wait for each
 * other crawl.
 */
const hopeless = [5, 2] as const;
/** So many tokens show that the speed fell, when they take as long as a whole window may. */
const leastTokens = 4;
/** Attention makes tokens slower as the context fills: speeds are compared within such a step of it. */
const depthStep = 512;
/** Time between two measurements; doubled each time that nothing better was found. */
const patienceMs = { least: 2000, most: 60_000 } as const;
/** The machine counts as busy while the speed is below this share of the best that was seen. */
const freeShare = 0.75;

interface Probe {
	readonly waiting: number[];
	readonly found: ThreadTrial[];
	count: number;
	times: number[];
}

function speedOf(trials: readonly ThreadTrial[], threads: number): number {
	return trials.find((trial) => trial.threads === threads)?.tokensPerSecond ?? 0;
}

/**
 * Watches the speed of answers. When it falls below half of what it was, the next tokens are generated with each count
 * in turn, and the fastest stays: nothing is computed for the measurement alone.
 */
export function createThreadTuner(options: ThreadTunerOptions): ThreadTuner {
	const clock = options.clock ?? (() => performance.now());
	const counts = options.counts.toSorted((a, b) => a - b);
	let trials = [...options.trials];
	let threads = bestThreads(trials);
	/** Where in the context the trials were measured, in steps. */
	let measuredAt = 0;
	/** By depth, in tokens/s: what is normal since the last measurement, and the best ever seen. */
	let normal = new Map<number, number>();
	const best = new Map<number, number>([[0, speedOf(trials, threads)]]);
	let window: number[] = [];
	let probe: Probe | undefined;
	let busy = false;
	let probedAt = Number.NEGATIVE_INFINITY;
	let patience: number = patienceMs.least;

	const setThreads = (count: number): void => {
		threads = count;
		options.setThreads(count);
	};

	const startProbe = (): void => {
		const [count, ...waiting] = counts;
		if (count === undefined) return;
		window = [];
		probe = { waiting, found: [], count, times: [] };
		setThreads(count);
	};

	const finishProbe = (found: readonly ThreadTrial[], depth: number): void => {
		const before = bestThreads(trials);
		probe = undefined;
		probedAt = clock();
		trials = [...found];
		measuredAt = depth;
		setThreads(bestThreads(trials));
		const speed = speedOf(trials, threads);
		normal = new Map([[depth, speed]]);
		best.set(depth, Math.max(best.get(depth) ?? 0, speed));
		busy = speed < (best.get(depth) ?? 0) * freeShare;
		patience = threads === before ? Math.min(patienceMs.most, patience * 2) : patienceMs.least;
		options.changed();
	};

	const takeProbe = (running: Probe, ms: number, depth: number): void => {
		running.times.push(ms);
		const fastest = Math.max(0, ...running.found.map((trial) => trial.tokensPerSecond));
		const factor = hopeless[running.times.length - 1];
		const crawls = factor !== undefined && Math.min(...running.times) * fastest > 1000 * factor;
		if (running.times.length < probeTokens && !crawls) return;
		const counted = running.times.length > 1 ? running.times.slice(1) : running.times;
		running.found.push({ threads: running.count, tokensPerSecond: 1000 / median(counted) });
		const next = running.waiting.shift();
		if (next === undefined || crawls) {
			finishProbe(running.found, depth);
			return;
		}
		running.count = next;
		running.times = [];
		setThreads(next);
	};

	const takeWindow = (ms: number, depth: number): void => {
		window.push(ms);
		const taken = window.reduce((sum, one) => sum + one, 0);
		const expected = normal.get(depth) ?? speedOf(trials, threads);
		const longest = (1000 * windowTokens) / (expected * slowShare);
		if (window.length < windowTokens && (window.length < leastTokens || taken < longest)) return;
		const speed = (1000 * window.length) / taken;
		window = [];
		const others = trials.filter((trial) => trial.threads !== threads && depth === measuredAt);
		const better = Math.max(0, ...others.map((trial) => trial.tokensPerSecond));
		const slow = speed < expected * slowShare || speed < better * otherShare;
		if (slow && clock() - probedAt > patience) {
			startProbe();
			return;
		}
		normal.set(depth, Math.max(normal.get(depth) ?? 0, speed));
		best.set(depth, Math.max(best.get(depth) ?? 0, speed));
	};

	setThreads(threads);
	return {
		get threads() {
			return threads;
		},
		get trials() {
			return trials;
		},
		begin() {
			window = [];
			if (busy && !probe && clock() - probedAt > patience) startProbe();
		},
		generated(ms, tokens) {
			if (counts.length < 2) return;
			const depth = Math.floor(tokens / depthStep);
			if (probe) takeProbe(probe, ms, depth);
			else takeWindow(ms, depth);
		},
	};
}
