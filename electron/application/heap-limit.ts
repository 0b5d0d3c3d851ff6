import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/**
 * MB for half of the space in which V8 makes what is new. It would let this grow to 64, of threads too, and does not give
 * it back while there is work: for a host that writes rows all day that is more than everything it keeps.
 */
const threadHalfMb = { least: 4, most: 8 };
/** The space of this thread grows by doubling, maybe twice before it is looked at; from here on no further. */
const ownBytes = 8 * 2 ** 20;
/** By how much V8 enlarges the space when it wants to. */
const growth = { open: 2, closed: 1 };
/**
 * What was kept longer may grow by this share before it is collected; V8's own factor is up to 4. A collection of all that
 * the host keeps is 20 ms of work, in small steps and beside the thread.
 */
const keptGrowthPercent = 50;

let bound = false;

function youngBytes(): number {
	return getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ?? 0;
}

/**
 * Keeps garbage from taking more memory than what is in use, in this process and in the threads that it starts from now
 * on. A program can't be given V8's options in each way that it is started; this has the same effect from within.
 * Electron's V8 has pointers of half the size and half these limits already, so nothing is done there.
 */
export function limitYoungGeneration(): void {
	if (bound || 'electron' in process.versions) return;
	bound = true;
	// The size of a space is decided when its thread starts.
	setFlagsFromString(`--min-semi-space-size=${threadHalfMb.least}`);
	setFlagsFromString(`--max-semi-space-size=${threadHalfMb.most}`);
	setFlagsFromString(`--heap-growing-percent=${keptGrowthPercent}`);
	let isOpen = true;
	const look = (): void => {
		const open = youngBytes() < ownBytes;
		if (open === isOpen) return;
		isOpen = open;
		setFlagsFromString(`--semi-space-growth-factor=${open ? growth.open : growth.closed}`);
	};
	look();
	new PerformanceObserver(look).observe({ entryTypes: ['gc'] });
}
