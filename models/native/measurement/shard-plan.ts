import { commonPrefixLength } from '../../prompt/common-prefix.ts';

/** The properties of a row that planning needs. */
export type ShardRow = { readonly tokens: readonly number[]; readonly maxTokens: number };

/** Work shared by several rows, determined by their tokens alone. */
export type ShardPlan = {
	/** Length of the common prefix of all prompts, in tokens. */
	prefix: number;
	/** Per row: the index of its group of equal prompts; null if no other row has the same prompt. */
	groups: readonly (number | null)[];
	/** The most cache cells that the rows need with `width` of them decoded together. */
	cells: number;
};

/** A shorter shared prefix is not worth a separate decode. */
const worthwhilePrefix = 32;

/** llama.cpp rounds a context up to this many cells. */
export const cellStep = 256;

/**
 * Returns a context size of at least `cells`, in steps of a quarter of a power of two: coarse, so that the shards of a
 * run share one size, and dependent on the shard alone, because positions in the cache affect the bits.
 */
export function contextCells(cells: number): number {
	const step = Math.max(cellStep, 2 ** (Math.floor(Math.log2(Math.max(1, cells))) - 2));
	return Math.ceil(cells / step) * step;
}

function commonPrefix(rows: readonly ShardRow[]): number {
	const [first, ...others] = rows;
	if (first === undefined || others.length === 0) return 0;
	let length = first.tokens.length - 1;
	for (const { tokens } of others) {
		// Excludes the last token of a prompt because its prediction is needed.
		length = Math.min(length, tokens.length - 1, commonPrefixLength(first.tokens, tokens));
	}
	return length >= worthwhilePrefix ? length : 0;
}

/** Groups rows with the same prompt if more than its last token follows the prefix. */
function groupsOf(rows: readonly ShardRow[], prefix: number): (number | null)[] {
	const byPrompt = new Map<string, number[]>();
	for (const [index, { tokens }] of rows.entries()) {
		const key = tokens.join();
		const same = byPrompt.get(key);
		if (same === undefined) byPrompt.set(key, [index]);
		else same.push(index);
	}
	const groups = new Array<number | null>(rows.length).fill(null);
	let next = 0;
	for (const members of byPrompt.values()) {
		const [first = 0] = members;
		if (members.length < 2 || (rows[first]?.tokens.length ?? 0) - 1 - prefix < worthwhilePrefix) continue;
		for (const member of members) groups[member] = next;
		next += 1;
	}
	return groups;
}

/** Returns the cells of a row that it shares with no other row. */
export function ownCells({ tokens, maxTokens }: ShardRow, shared: number): number {
	return tokens.length - shared + maxTokens;
}

/** Plans a shard. `limit`: the most cells; with `share`, equal prompts are computed once. */
export function planShard(rows: readonly ShardRow[], width: number, limit: number, share: boolean): ShardPlan {
	const prefix = commonPrefix(rows);
	const groups = share ? groupsOf(rows, prefix) : rows.map(() => null);
	const largest = (sizes: readonly number[]): number =>
		sizes
			.toSorted((a, b) => b - a)
			.slice(0, width)
			.reduce((sum, size) => sum + size, 0);
	const prompts = new Map<number, number>();
	for (const [index, group] of groups.entries()) {
		if (group !== null) prompts.set(group, (rows[index]?.tokens.length ?? 0) - prefix);
	}
	const wished = prefix + largest(rows.map((row) => ownCells(row, prefix))) + largest([...prompts.values()]);
	return { prefix, groups, cells: Math.min(contextCells(wished), limit) };
}
