import { toIndex } from './arguments.ts';
import { TemplateFault } from './fault.ts';
import type { Value } from './values.ts';

export interface SliceBounds {
	readonly start: Value;
	readonly stop: Value;
	readonly step: Value;
}

/** Returns where a slice begins and ends in a sequence of a length, and its steps. */
export function boundsOf(
	length: number,
	{ start, stop, step }: SliceBounds,
): { readonly first: number; readonly end: number; readonly by: number } {
	const by = step === null ? 1 : toIndex(step);
	if (by === 0) throw new TemplateFault('it slices in steps of 0');
	const bound = (value: Value, otherwise: number): number => {
		if (value === null) return otherwise;
		const index = toIndex(value);
		const fromStart = index < 0 ? index + length : index;
		return by > 0 ? Math.min(Math.max(fromStart, 0), length) : Math.min(Math.max(fromStart, -1), length - 1);
	};
	return { first: bound(start, by > 0 ? 0 : length - 1), end: bound(stop, by > 0 ? length : -1), by };
}

/** Returns the items of Python's `items[start:stop:step]`. */
export function sliceOf<Item>(items: readonly Item[], bounds: SliceBounds): Item[] {
	const { first, end, by } = boundsOf(items.length, bounds);
	const found: Item[] = [];
	for (let index = first; by > 0 ? index < end : index > end; index += by) found.push(items[index] as Item);
	return found;
}
