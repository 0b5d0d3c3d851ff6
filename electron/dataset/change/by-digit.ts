/** Items between two breaths. */
const atOnce = 4_096;

/**
 * Items in the order of a digit from 0 to `digits` − 1, equal ones as they stood: one pass of a radix sort. In small
 * steps, so that nobody waits for the whole of it.
 */
export function* sortByDigit(
	items: Uint32Array,
	digits: number,
	digitOf: (item: number) => number,
): Generator<number, Uint32Array> {
	const starts = new Uint32Array(digits + 1);
	for (const [at, item] of items.entries()) {
		const next = digitOf(item) + 1;
		starts[next] = (starts[next] ?? 0) + 1;
		if (at % atOnce === 0) yield 0;
	}
	for (let digit = 1; digit <= digits; digit += 1) starts[digit] = (starts[digit] ?? 0) + (starts[digit - 1] ?? 0);
	const sorted = new Uint32Array(items.length);
	for (const [at, item] of items.entries()) {
		const digit = digitOf(item);
		const place = starts[digit] ?? 0;
		sorted[place] = item;
		starts[digit] = place + 1;
		if (at % atOnce === 0) yield 0;
	}
	return sorted;
}
