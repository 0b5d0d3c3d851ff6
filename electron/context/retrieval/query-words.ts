import { foldText } from '../../database/fold-text.ts';
import { unspacedRanges } from '../../database/unspaced-scripts.ts';

/** Most words of a query that are looked up. */
const mostWords = 256;

const unspacedRun = new RegExp(`[${unspacedRanges}]+`, 'gu');

/**
 * Returns the different words of a text as the index has them: folded to lower case without accents; in scripts
 * without spaces, each pair of neighbours. Every text has some or none: nothing in it is a query language.
 */
export function queryWords(text: string, most = mostWords): string[] {
	const words = new Set<string>();
	const pairs: string[] = [];
	const spaced = text.replaceAll(unspacedRun, (letters) => {
		const single = [...letters];
		if (single.length === 1) pairs.push(letters);
		for (let at = 0; at + 1 < single.length; at += 1) pairs.push(`${single[at]}${single[at + 1]}`);
		return ' ';
	});
	for (const word of foldText(spaced.normalize('NFC')).split(/[^\p{L}\p{N}\p{Co}\p{M}]+/u)) {
		if (word !== '') words.add(word);
		if (words.size >= most) break;
	}
	for (const pair of pairs) {
		if (words.size >= most) break;
		words.add(pair);
	}
	return [...words];
}
