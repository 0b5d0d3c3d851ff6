import { commonPrefixLength } from '../../prompt/common-prefix.ts';

/** What planning needs of a row. */
export type ShardRow = { readonly tokens: readonly number[]; readonly maxTokens: number };

/** What is computed once for several rows, decided from their tokens alone. */
export type ShardPlan = {
	/** Tokens that all prompts begin with. */
	prefix: number;
	/** For each row the number of its group of equal prompts; null where it is the only one. */
	groups: readonly (number | null)[];
	/** Cells of the cache that the rows need at most when `width` of them are decoded together. */
	cells: number;
};

/** A shared beginning below this length isn't worth a decode of its own. */
const worthwhilePrefix = 32;

/** llama.cpp rounds a context up to this many cells. */
const cellStep = 256;

/**
 * A size of a context that is at least `cells`, in steps of a quarter of a power of two: coarse, so that the shards of a
 * run have the same, and a function of the shard alone, because where tokens lie in the cache shows in the bits.
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
		// The last token of a prompt is never part of it: what it predicts is needed.
		length = Math.min(length, tokens.length - 1, commonPrefixLength(first.tokens, tokens));
	}
	return length >= worthwhilePrefix ? length : 0;
}

/** Groups of rows with the same prompt of which more than the last token follows the prefix. */
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

/** Cells of a row that no other row shares. */
export function ownCells({ tokens, maxTokens }: ShardRow, shared: number): number {
	return tokens.length - shared + maxTokens;
}

/** Plans a shard. `limit`: cells that it may take; with `share` equal prompts are computed once. */
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
