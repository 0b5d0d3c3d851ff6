import type { AdapterUse, UsedAdapter } from '../contract/adapters/schema.ts';

/** Reads a column of adapters; undefined: nothing was chosen. */
export function readAdapters(text: string): AdapterUse[] | undefined {
	return text === '' ? undefined : (JSON.parse(text) as AdapterUse[]);
}

/** Returns the column for adapters; undefined: nothing is chosen. */
export function writeAdapters(uses: readonly AdapterUse[] | undefined): string {
	return uses === undefined ? '' : JSON.stringify(uses.map(({ id, scale }) => ({ id, scale })));
}

/** Reads the adapters that wrote an answer. */
export function readUsedAdapters(text: string): UsedAdapter[] {
	return text === '' ? [] : (JSON.parse(text) as UsedAdapter[]);
}
