import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/**
 * MB for one half of V8's young generation. V8 would let it grow to 64, in threads too, and keeps it while there is
 * work: for a host that writes rows all day that is more than all the data it holds.
 */
const threadHalfMb = { least: 4, most: 8 };
/**
 * Young generation of this thread, bytes. It grows by doubling, maybe twice before the next check; from this size on it
 * stops growing.
 */
const ownBytes = 8 * 2 ** 20;
/** Factors by which V8 enlarges the young generation. */
const growth = { open: 2, closed: 1 };
/**
 * Percentage by which the old generation may grow before it is collected; V8's own factor is up to 4. Collecting
 * everything the host holds takes 20 ms, in small steps and off the main thread.
 */
const keptGrowthPercent = 50;

let bound = false;

function youngBytes(): number {
	return getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ?? 0;
}

/**
 * Keeps garbage from taking more memory than live data, in this process and in threads started from now on. V8's
 * options can't be passed in every way a program is started; this has the same effect from within. Electron's V8 has
 * pointers of half the size and already half these limits, so nothing is done there.
 */
export function limitYoungGeneration(): void {
	if (bound || 'electron' in process.versions) return;
	bound = true;
	// V8 fixes the size limits of a thread when it starts.
	setFlagsFromString(`--min-semi-space-size=${threadHalfMb.least}`);
	setFlagsFromString(`--max-semi-space-size=${threadHalfMb.most}`);
	setFlagsFromString(`--heap-growing-percent=${keptGrowthPercent}`);
	let isOpen = true;
	const raiseIfFull = (): void => {
		const open = youngBytes() < ownBytes;
		if (open === isOpen) return;
		isOpen = open;
		setFlagsFromString(`--semi-space-growth-factor=${open ? growth.open : growth.closed}`);
	};
	raiseIfFull();
	new PerformanceObserver(raiseIfFull).observe({ entryTypes: ['gc'] });
}
