import type { HeartbeatFrame } from './protocol.ts';

/**
 * Two kinds of silence, each with two stages. After a laptop wakes from sleep, every deadline has passed, so the first
 * stage only starts the second, during which the worker can run too.
 */
export interface HeartbeatTimes {
	/** Before the first heartbeat: the process doesn't start. A busy computer or a virus scanner may hold it up long. */
	readonly startMs: readonly [number, number];
	/**
	 * Neither a heartbeat nor a frame: the process is frozen. The worker sends a heartbeat every second, but beside ten
	 * busy processes a healthy one was seen to send none for 12 s.
	 */
	readonly noBeatMs: readonly [number, number];
	/** Heartbeats arrive, but work does not progress: no answer, no CPU time, no page read from disk. */
	readonly standstillMs: readonly [number, number];
}

/** A load may wait long for a slow disk, but it still reads pages, which counts as a sign of life. */
export const defaultHeartbeatTimes: HeartbeatTimes = {
	startMs: [30_000, 30_000],
	noBeatMs: [10_000, 10_000],
	standstillMs: [15_000, 15_000],
};

/** Fraction of CPU time below which a process is idle: a heartbeat itself uses about a thousandth. */
const idleShare = 0.01;

export interface Heartbeat {
	beat(beat: HeartbeatFrame): void;
	/** Records a frame: any frame is a sign of life of the process and of its main thread. */
	frame(): void;
	stop(): void;
}

/** Calls `hung` once, with the observation, when both stages have passed without a sign of life. */
export function watchHeartbeat(times: HeartbeatTimes, hung: (what: string) => void): Heartbeat {
	let lastBeat: { beat: HeartbeatFrame; at: number } | undefined;
	/** When work stopped progressing; undefined while it progresses. */
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
	const expectBeat = ([first, second] = times.noBeatMs): void => {
		clearTimeout(timer);
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
	expectBeat(times.startMs);

	return {
		beat(beat) {
			if (done) return;
			const at = performance.now();
			expectBeat();
			const before = lastBeat;
			lastBeat = { beat, at };
			if (before === undefined) return;
			const elapsed = at - before.at;
			// Either the main thread is stuck, or it waits for native work that is stuck.
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
		frame() {
			if (done) return;
			expectBeat();
			alive();
		},
		stop,
	};
}

function seconds(ms: number): string {
	return (ms / 1000).toFixed(ms < 10_000 ? 1 : 0);
}
