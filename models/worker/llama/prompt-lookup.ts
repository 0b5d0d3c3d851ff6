import type { Drafter } from './drafter.ts';

/** Number of equal tokens required for a draft. */
const sameTokens = 3;

/** A prime: sums of products stay below 2^53 for vocabularies of millions. */
const factor = 65_599;

/** Drafts the tokens that followed the last time the same tokens occurred. */
export function createPromptLookup(): Drafter {
	let tokens: number[] = [];
	/** Position of the token after the last occurrence of three tokens, by their hash. Collisions are possible. */
	const after = new Map<number, number>();

	const keyAt = (end: number): number =>
		((tokens[end - 3]! * factor + tokens[end - 2]!) % 2 ** 36) * factor + tokens[end - 1]!;
	const same = (end: number, other: number): boolean =>
		tokens[end - 1] === tokens[other - 1] &&
		tokens[end - 2] === tokens[other - 2] &&
		tokens[end - 3] === tokens[other - 3];

	const add = (token: number): void => {
		if (tokens.length >= sameTokens) after.set(keyAt(tokens.length), tokens.length);
		tokens.push(token);
	};

	return {
		begin(before) {
			tokens = [];
			after.clear();
			for (const token of before) add(token);
		},
		recordToken: add,
		async propose(most) {
			const end = tokens.length;
			if (end < sameTokens) return [];
			const found = after.get(keyAt(end));
			return found === undefined || !same(end, found) ? [] : tokens.slice(found, found + most);
		},
		free() {},
	};
}
