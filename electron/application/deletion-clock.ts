import { dayMs } from '../contract/durations.ts';

/** A computer may rest this long, or sleep with Assay open, without its clock being doubted, ms. */
const plausibleMs = 7 * dayMs;
/** A clock that leapt ahead is believed after this much time of running, or by the next start, ms. */
const believedAfterMs = dayMs;

/**
 * Returns the time by which old data expires, ms since 1970. It follows the clock, unless that leaps ahead: a wrong date, set
 * for an hour, must not empty the trash for good. `lastKnown` is the latest time that an earlier process recorded.
 */
export function createDeletionClock(
	clock: () => number,
	lastKnown: number | null,
	monotonic: () => number = () => performance.now(),
): () => number {
	let trusted = { wall: lastKnown ?? clock(), at: monotonic() };
	let leaptAt: number | null = null;
	return () => {
		const wall = clock();
		const at = monotonic();
		const latest = trusted.wall + (at - trusted.at) + plausibleMs;
		if (wall > latest) {
			leaptAt ??= at;
			if (at - leaptAt < believedAfterMs) return latest;
		}
		leaptAt = null;
		trusted = { wall, at };
		return wall;
	};
}
