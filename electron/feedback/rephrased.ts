/** Below this length, questions are too short to compare by their letters. */
const shortest = 12;
/** Similarity of letter trigrams from which two questions count as nearly the same. */
const near = 0.6;

/**
 * Returns whether the second text asks nearly the same as the first: Dice coefficient of their letter trigrams (Dice
 * 1945), ignoring case, punctuation and white space. An identical text is not a rephrasing.
 */
export function isRephrased(before: string, after: string): boolean {
	const first = normalise(before);
	const second = normalise(after);
	if (first === second || [...first].length < shortest || [...second].length < shortest) return false;
	return diceOfTriples(first, second) >= near;
}

/** Returns 2 · common / all, 0 to 1, counting each trigram as often as it occurs. */
export function diceOfTriples(first: string, second: string): number {
	const a = triples(first);
	const b = triples(second);
	let common = 0;
	for (const [triple, count] of a) common += Math.min(count, b.get(triple) ?? 0);
	const all = total(a) + total(b);
	return all === 0 ? 0 : (2 * common) / all;
}

function normalise(text: string): string {
	// The first words identify a question; a pasted document after them would drown the difference.
	return text
		.slice(0, 2000)
		.toLowerCase()
		.replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
		.trim();
}

function triples(text: string): Map<string, number> {
	const letters = [...` ${text} `];
	const counts = new Map<string, number>();
	for (let at = 0; at + 3 <= letters.length; at++) {
		const triple = letters.slice(at, at + 3).join('');
		counts.set(triple, (counts.get(triple) ?? 0) + 1);
	}
	return counts;
}

function total(counts: ReadonlyMap<string, number>): number {
	let sum = 0;
	for (const count of counts.values()) sum += count;
	return sum;
}
