import type { HeartbeatFrame } from './protocol.ts';

/**
 * Two kinds of silence, each with two stages, because a laptop that wakes from sleep finds every deadline passed: the
 * first stage only starts the second, which runs while the worker can run too.
 */
export interface HeartbeatTimes {
	/** No beat at all: the process is frozen. The worker beats every second. */
	readonly noBeatMs: readonly [number, number];
	/** It beats, but its work stands still: no answer, no processor time, no page read from disk. */
	readonly standstillMs: readonly [number, number];
}

/** A slow disk may keep a load waiting long; it still reads pages, which counts as life. */
export const defaultHeartbeatTimes: HeartbeatTimes = {
	noBeatMs: [6000, 6000],
	standstillMs: [15_000, 15_000],
};

/** Processor time per time below which a process does nothing: a beat itself uses about a thousandth. */
const idleShare = 0.01;

export interface Heartbeat {
	beat(beat: HeartbeatFrame): void;
	/** Any frame is a sign of life of the main thread. */
	frame(): void;
	stop(): void;
}

/** Calls `hung` once, with what was seen, when both stages have passed without a sign of life. */
export function watchHeartbeat(times: HeartbeatTimes, hung: (what: string) => void): Heartbeat {
	let lastBeat: { beat: HeartbeatFrame; at: number } | undefined;
	/** Since when the work stands still; undefined: it doesn't. */
	let stillSince: number | undefined;
	let stillStage = 0;
	let stageStart = 0;
	let timer: NodeJS.Timeout | undefined;
	let done = false;

	const say = (what: string): void => {
		if (done) return;
		stop();
		hung(what);
	};
	const expectBeat = (): void => {
		clearTimeout(timer);
		const [first, second] = times.noBeatMs;
		timer = setTimeout(() => {
			timer = setTimeout(() => say(`it gave no sign of life for ${seconds(first + second)} s`), second);
			timer.unref();
		}, first);
		timer.unref();
	};
	const alive = (): void => {
		stillSince = undefined;
		stillStage = 0;
	};
	const stop = (): void => {
		done = true;
		clearTimeout(timer);
	};
	expectBeat();

	return {
		beat(beat) {
			if (done) return;
			const at = performance.now();
			expectBeat();
			const before = lastBeat;
			lastBeat = { beat, at };
			if (before === undefined) return;
			const elapsed = at - before.at;
			// Either the main thread is stuck, or it waits for native work that is.
			const waiting = Math.max(beat.silentMs, beat.workingMs) > elapsed * 1.5;
			const busy = beat.cpuMs - before.beat.cpuMs > elapsed * idleShare || beat.pagesRead > before.beat.pagesRead;
			if (!waiting || busy) {
				alive();
				return;
			}
			stillSince ??= at;
			const stageLength = times.standstillMs[stillStage] ?? 0;
			if (stillStage === 0 && at - stillSince >= stageLength) {
				stillStage = 1;
				stageStart = at;
			} else if (stillStage === 1 && at - stageStart >= stageLength) {
				say(`it neither answered nor used the processor for ${seconds(at - stillSince)} s`);
			}
		},
		frame: alive,
		stop,
	};
}

function seconds(ms: number): string {
	return (ms / 1000).toFixed(ms < 10_000 ? 1 : 0);
}
