import type { EncodedRequest } from './encode.ts';

/** A request, or as many of its continuations as one decode has sequences for. */
type PackItem = {
	/** Number of the request. */
	index: number;
	/** Number of its first continuation here. */
	offset: number;
	context: Int32Array;
	continuations: readonly Int32Array[];
};

/** Requests decoded together: `prefix` is in the cache once, the rest of each context and its continuations follow. */
export type Pack = {
	prefix: Int32Array;
	items: readonly PackItem[];
	/** Tokens decoded after the prefix. */
	tokens: number;
};

export type PackLimits = {
	/** Tokens of one decode. */
	tokens: number;
	/** Sequences of one decode: one for each continuation. */
	sequences: number;
};

/** A shared prefix below this length isn't worth a decode of its own. */
const worthwhilePrefix = 32;

function commonLength(a: Int32Array, b: Int32Array, limit: number): number {
	const length = Math.min(a.length, b.length, limit);
	let at = 0;
	while (at < length && a[at] === b[at]) at += 1;
	return at;
}

/** The last token of a context is never part of a prefix: its logits are needed. */
function prefixLimit(item: PackItem): number {
	return item.context.length - 1;
}

/** Tokens of an item that are decoded after the first `prefix` of its context; the last of a continuation never is. */
function tokensAfter(item: PackItem, prefix: number): number {
	const fed = item.continuations.reduce((sum, tokens) => sum + Math.max(0, tokens.length - 1), 0);
	return item.context.length - prefix + fed;
}

function itemsOf(requests: readonly EncodedRequest[], sequences: number): PackItem[] {
	return requests.flatMap(({ context, continuations }, index) => {
		const items: PackItem[] = [];
		for (let offset = 0; offset < continuations.length; offset += sequences) {
			items.push({ index, offset, context, continuations: continuations.slice(offset, offset + sequences) });
		}
		return items;
	});
}

/**
 * Groups requests, in their order, so that each decode is full. A prefix that the requests of a pack share (few-shot
 * examples, a system prompt) is computed once and stays for the packs after it; a request too long for one decode gets
 * a pack of its own with all of its context but the last token as prefix.
 */
export function packRequests(requests: readonly EncodedRequest[], limits: PackLimits): Pack[] {
	const packs: Pack[] = [];
	const waiting = itemsOf(requests, limits.sequences);
	let cached: Int32Array = new Int32Array(0);
	for (let next = 0; next < waiting.length; ) {
		const first = waiting[next];
		if (first === undefined) break;
		const items = [first];
		let shared = prefixLimit(first);
		let sequences = first.continuations.length;
		let whole = tokensAfter(first, 0);
		for (const candidate of waiting.slice(next + 1, next + limits.sequences)) {
			const common = commonLength(first.context, candidate.context, Math.min(shared, prefixLimit(candidate)));
			const saved = common >= worthwhilePrefix ? common * (items.length + 1) : 0;
			if (whole + tokensAfter(candidate, 0) - saved > limits.tokens) break;
			if (sequences + candidate.continuations.length > limits.sequences) break;
			items.push(candidate);
			shared = common;
			sequences += candidate.continuations.length;
			whole += tokensAfter(candidate, 0);
		}
		// Alone and short enough, a request needs a prefix only if it is there already.
		const alone = items.length === 1 && whole <= limits.tokens;
		const useful = alone ? commonLength(first.context, cached, shared) : shared;
		const prefix = first.context.subarray(0, useful >= worthwhilePrefix ? useful : 0);
		if (prefix.length > 0) cached = prefix;
		packs.push({ prefix, items, tokens: whole - prefix.length * items.length });
		next += items.length;
	}
	return packs;
}

/** Cache cells that the packs need at most: the longest prefix stays while a pack without one is decoded. */
export function cellsNeeded(packs: readonly Pack[]): number {
	const prefix = packs.reduce((length, pack) => Math.max(length, pack.prefix.length), 0);
	const tokens = packs.reduce((count, pack) => Math.max(count, pack.tokens), 0);
	return prefix + tokens;
}
