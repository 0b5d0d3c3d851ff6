/** Sorted by one step: about 5 ms. */
const sortedAtOnce = 4_096;

const bitsAtOnce = 8;

/** Sorts by `order`, which has so many bits; many in small steps, so that nobody waits for the whole of it. */
export function* sortedInSteps<Item extends { readonly order: number }>(
	items: readonly Item[],
	bits: number,
): Generator<number, readonly Item[]> {
	if (items.length <= sortedAtOnce || bits <= 0) return items.toSorted((one, other) => one.order - other.order);
	const rest = Math.max(0, bits - bitsAtOnce);
	const drawers: Item[][] = Array.from({ length: 2 ** (bits - rest) }, () => []);
	for (const [index, item] of items.entries()) {
		drawers[Math.floor(item.order / 2 ** rest) % drawers.length]?.push(item);
		if (index % sortedAtOnce === 0) yield 0;
	}
	const sorted: Item[] = [];
	for (const drawer of drawers) {
		for (const item of yield* sortedInSteps(drawer, rest)) sorted.push(item);
		yield 0;
	}
	return sorted;
}
