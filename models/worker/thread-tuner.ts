import type { ThreadTrial } from '../contract/load.ts';
import { watchOtherPrograms } from '../cpu-contention.ts';
import { medianLow } from '../median.ts';
import { bestThreads } from './thread-choice.ts';

/** Chooses the number of inference threads by measuring; never more than helps. */
export interface ThreadTuner {
	readonly threads: number;
	readonly trials: readonly ThreadTrial[];
	/** Records one token generated at `depth` tokens into the context; may change the thread count for the next. */
	generated(ms: number, depth: number): void;
	/** Called before an answer; remeasures, some time later, a count that was chosen while the computer was busy. */
	begin(): void;
}

export interface ThreadTunerOptions {
	readonly counts: readonly number[];
	readonly trials: readonly ThreadTrial[];
	readonly setThreads: (threads: number) => void;
	/** Called after the count was measured again. */
	readonly changed: () => void;
	/** Milliseconds; for tests. */
	readonly clock?: () => number;
	/** Says whether other programs were busy since the call; for tests. */
	readonly watch?: () => () => boolean;
}

/** Number of tokens whose mean speed is compared with the normal speed. */
const windowTokens = 16;
/** Speed below this fraction of normal means that another program is busy. */
const slowShare = 0.5;
/** Another count is better if it takes less than this fraction of the time. */
const otherShare = 0.9;
/** Tokens generated with each count when it is measured during an answer, not counting the first. */
const probeTokens = 6;
/**
 * A count this many times slower than the best so far is abandoned after one token, or after two: threads that wait for
 * each other are extremely slow.
 */
const hopeless = [5, 2] as const;
/** This many tokens prove a loss of speed if they take as long as a whole window may. */
const leastTokens = 4;
/** Attention slows tokens as the context fills, so speeds are compared only within steps of this many tokens. */
const depthStep = 512;
/** Time between two measurements; doubled each time without improvement. */
const patienceMs = { least: 2000, most: 60_000 } as const;
/** The computer counts as busy while the speed is below this fraction of the best seen. */
const freeShare = 0.75;

interface Probe {
	readonly waiting: number[];
	readonly found: ThreadTrial[];
	count: number;
	times: number[];
	readonly disturbed: () => boolean;
}

function speedOf(trials: readonly ThreadTrial[], threads: number): number {
	return trials.find((trial) => trial.threads === threads)?.tokensPerSecond ?? 0;
}

/**
 * Watches the speed of answers. If it falls below half of normal, generates the next tokens with each count in turn and
 * keeps the fastest: nothing is computed just for the measurement.
 */
export function createThreadTuner(options: ThreadTunerOptions): ThreadTuner {
	const clock = options.clock ?? (() => performance.now());
	const counts = options.counts.toSorted((a, b) => a - b);
	let trials = [...options.trials];
	let threads = bestThreads(trials);
	/** Depth in the context at which the trials were measured, in steps. */
	let measuredAt = 0;
	/** By depth, tokens per second: the normal speed since the last measurement, and the best ever seen. */
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
		probe = { waiting, found: [], count, times: [], disturbed: (options.watch ?? watchOtherPrograms)() };
		setThreads(count);
	};

	const finishProbe = ({ found, disturbed }: Probe, depth: number): void => {
		const before = bestThreads(trials);
		probe = undefined;
		probedAt = clock();
		const mark = disturbed() ? { underLoad: true as const } : {};
		trials = found.map((trial) => ({ ...trial, ...mark }));
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
		running.found.push({ threads: running.count, tokensPerSecond: 1000 / medianLow(counted) });
		const next = running.waiting.shift();
		if (next === undefined || crawls) {
			finishProbe(running, depth);
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
