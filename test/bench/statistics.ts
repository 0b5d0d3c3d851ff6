/** Returns the q-quantile (0 to 1) with linear interpolation between order statistics (R's type 7). */
export function quantile(values: readonly number[], q: number): number {
	if (values.length === 0) throw new Error('a quantile of no values');
	const sorted = values.toSorted((a, b) => a - b);
	const position = (sorted.length - 1) * q;
	const low = sorted[Math.floor(position)]!;
	const high = sorted[Math.ceil(position)]!;
	return low + (high - low) * (position - Math.floor(position));
}

export function median(values: readonly number[]): number {
	return quantile(values, 0.5);
}

/**
 * Returns value / baseline: the median of the pairs' ratios if every value has its own baseline (a slowdown of the
 * machine affects both of a pair), otherwise the ratio of the medians.
 */
export function ratioOf(values: readonly number[], baselines: readonly number[]): number {
	if (values.length !== baselines.length) return median(values) / median(baselines);
	return median(values.map((value, index) => value / baselines[index]!));
}

/**
 * Takes samples of several sides in turn (A B A B …), after one uncounted warm-up of each: caches fill, threads start.
 * Awaits `before` before each sample. Returns the samples of each side in order.
 */
export async function inTurn<Side extends string>(
	rounds: number,
	sides: Readonly<Record<Side, (round: number) => Promise<number>>>,
	before: () => Promise<void> = async () => {},
): Promise<Record<Side, number[]>> {
	const names = Object.keys(sides) as Side[];
	const samples = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Side, number[]>;
	for (let round = -1; round < rounds; round += 1) {
		// Every other round runs backwards, so that no side always inherits the same side's leftovers (heat, page
		// cache).
		const order = round % 2 === 0 ? names : names.toReversed();
		for (const name of order) {
			await before();
			const sample = await sides[name](round);
			if (round >= 0) samples[name].push(sample);
		}
	}
	return samples;
}

/** Returns the side with the highest median: the best of several settings of a baseline. */
export function bestSide<Side extends string>(samples: Readonly<Record<Side, readonly number[]>>): Side {
	const names = Object.keys(samples) as Side[];
	return names.reduce((best, name) => (median(samples[name]) > median(samples[best]) ? name : best));
}
