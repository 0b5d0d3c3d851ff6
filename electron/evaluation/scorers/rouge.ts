/** Product of the word counts above which a comparison would take too long: about 2 s. */
const mostWordPairs = 1e9;

/**
 * ROUGE-L (Lin 2004) like Google's rouge_score without stemming: lower case, words of letters and digits, the longest
 * common subsequence relative to the answer's words (precision) and the reference's (recall). Letters of every script
 * count; on English both agree. null: too long.
 */
export function rougeL(answer: string, reference: string): { precision: number; recall: number; f1: number } | null {
	const given = wordsOf(answer);
	const wanted = wordsOf(reference);
	if (given.length * wanted.length > mostWordPairs) return null;
	if (given.length === 0 || wanted.length === 0) return { precision: 0, recall: 0, f1: 0 };
	const common = commonLength(given, wanted);
	const precision = common / given.length;
	const recall = common / wanted.length;
	return { precision, recall, f1: common === 0 ? 0 : (2 * precision * recall) / (precision + recall) };
}

function wordsOf(text: string): string[] {
	return text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
}

/** Length of the longest common subsequence, keeping one row of the table in memory. */
function commonLength(first: readonly string[], second: readonly string[]): number {
	const numbers = new Map<string, number>();
	const numbered = (words: readonly string[]): Int32Array =>
		Int32Array.from(words, (word) => {
			const known = numbers.get(word);
			if (known !== undefined) return known;
			numbers.set(word, numbers.size);
			return numbers.size - 1;
		});
	const a = numbered(first);
	const b = numbered(second);
	const row = new Int32Array(b.length + 1);
	for (const word of a) {
		let diagonal = 0;
		for (let column = 1; column <= b.length; column += 1) {
			const above = row[column]!;
			row[column] = word === b[column - 1] ? diagonal + 1 : Math.max(above, row[column - 1]!);
			diagonal = above;
		}
	}
	return row[b.length]!;
}
