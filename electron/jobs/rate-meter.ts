/** Long enough to be steady, short enough to notice a slowdown, ms. */
const windowMs = 5_000;

/** Before this much time has passed, the time left would be a guess, ms. */
const knownAfterMs = 3_000;

/** Computes a rate and the time left from amounts done. */
export interface RateMeter {
	/** Records `done` out of `total`. */
	update(done: number, total: number | null): { rate: number | null; secondsLeft: number | null };
}

/** `clock` in milliseconds, from any origin. */
export function createRateMeter(clock: () => number): RateMeter {
	const start = clock();
	let samples: { readonly at: number; readonly done: number }[] = [];
	return {
		update(done, total) {
			const at = clock();
			// A smaller amount means that a new stage began.
			if (done < (samples.at(-1)?.done ?? 0)) samples = [];
			samples.push({ at, done });
			while (samples.length > 2 && at - (samples[0]?.at ?? at) > windowMs) samples.shift();
			const first = samples[0] ?? { at, done };
			const elapsed = at - first.at;
			const rate = elapsed > 0 && done > first.done ? ((done - first.done) * 1000) / elapsed : null;
			const known = rate !== null && total !== null && at - start >= knownAfterMs;
			return { rate, secondsLeft: known ? (total - done) / rate : null };
		},
	};
}
