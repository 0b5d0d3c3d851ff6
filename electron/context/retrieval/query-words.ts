import { unspacedRanges } from '../../database/unspaced-scripts.ts';

/** Most words of a query that are looked up. */
const mostWords = 256;

const unspacedRun = new RegExp(`[${unspacedRanges}]+`, 'gu');

/** Marks that FTS5's tokeniser `unicode61` drops within a word; every other one ends the word. */
const droppedMarks = /[\u0300-\u0304\u0306-\u030C\u030F\u0311\u031B\u0323-\u0328\u032D\u032E\u0330\u0331]/gu;

/** Latin letters that may have accents. */
const accentedLatin = /[\u00C0-\u024F\u1E00-\u1EFF]/gu;

/** Forms of lower-case letters that the tokeniser takes for the usual ones, such as ς for σ. */
const variants = /[µſςϐϑϕϖϰϱϵ]/gu;

/**
 * Returns the different words of a text as the index has them: in lower case, Latin letters without accents; in
 * scripts without spaces, each pair of neighbours. Letters of other scripts keep their accents (й is not и, ά is not α),
 * as `unicode61` with `remove_diacritics 2` has it. Every text has some or none: nothing in it is a query language.
 */
export function queryWords(text: string, most = mostWords): string[] {
	const words = new Set<string>();
	for (const word of eachWord(text)) {
		words.add(word);
		if (words.size >= most) break;
	}
	return [...words];
}

/** Returns all words of a text, those that occur again too, as the index has them. */
export function wordsOf(text: string): string[] {
	return [...eachWord(text)];
}

function* eachWord(text: string): Iterable<string> {
	const pairs: string[] = [];
	const spaced = text.replaceAll(unspacedRun, (letters) => {
		const single = [...letters];
		if (single.length === 1) pairs.push(letters);
		for (let at = 0; at + 1 < single.length; at += 1) pairs.push(`${single[at]}${single[at + 1]}`);
		return ' ';
	});
	for (const word of folded(spaced).split(/[^\p{L}\p{N}\p{Co}]+/u)) if (word !== '') yield word;
	yield* pairs;
}

function folded(text: string): string {
	return text
		.normalize('NFC')
		.replaceAll(accentedLatin, plainLatin)
		.replaceAll(droppedMarks, '')
		.toLowerCase()
		.replaceAll(variants, (letter) => letter.toUpperCase().toLowerCase());
}

function plainLatin(letter: string): string {
	const base = letter.normalize('NFD').charAt(0);
	return /[A-Za-z]/.test(base) ? base : letter;
}
