import { isUpper } from './python-text.ts';

/** A full stop after one of these ends no sentence, unless a common word with a capital follows. */
const abbreviations = new Set(
	'mr mrs ms messrs dr prof sr jr st vs etc e.g i.e cf al inc ltd co corp dept est fig gen gov hon jan feb mar apr jun jul aug sep sept oct nov dec lt maj capt col sgt rep sen rev no vol pp ed eds approx u.s u.k u.n a.m p.m ph.d b.a m.a d.c'.split(
		' ',
	),
);

/** Words that are capitalised because they begin a sentence, not because they are names. */
const starters = new Set(
	'the a an it he she they we you i this that these those there here his her its their our my your in on at for from with by to of and but or so if when while as after before however then thus also what who how why where which not no yes'.split(
		' ',
	),
);

/** A mark followed by a closing or opening mark, or by white space and more text: there Punkt looks for an end. */
const possibleEnd = /[.?!](?=[)";}\]*:@'({[!?]|\s+\S)/gu;

/** Marks that belong to the preceding sentence. */
const closers = /^["')\]}]+(?:\s+|$)/u;

/**
 * Counts the sentences of a text. IFEval uses NLTK's Punkt, whose trained model is not included. This follows its
 * rules: every mark ends a sentence ("!!!" three); a full stop does not after an abbreviation, an initial, or an
 * ellipsis within a sentence; line breaks alone end nothing. Lists replace what Punkt learnt (abbreviations and words
 * that begin sentences). On prose the two mostly agree; on names and rare abbreviations they can differ by a few.
 */
export function countSentences(text: string): number {
	const trimmed = text.trim();
	if (trimmed === '') return 0;
	let count = 0;
	let start = 0;
	for (const { index } of trimmed.matchAll(possibleEnd)) {
		if (index < start || !endsSentence(trimmed, index)) continue;
		count += 1;
		start = index + 1;
		start += closers.exec(trimmed.slice(start, start + 40))?.[0].length ?? 0;
	}
	return start < trimmed.length ? count + 1 : count;
}

function endsSentence(text: string, index: number): boolean {
	if (text[index] !== '.') return true;
	const before = /\S{0,40}$/u.exec(text.slice(Math.max(0, index - 40), index))?.[0] ?? '';
	const word = before.replace(/^[^\p{L}\p{N}]+/u, '');
	const next = /^\s+(\S+)/u.exec(text.slice(index + 1, index + 80))?.[1] ?? '';
	const lower = /^\p{Ll}/u.test(next);
	const common = starters.has(next.replace(/[^\p{L}].*$/u, '').toLowerCase()) && !lower;
	if (before.endsWith('.')) return !lower && next !== '';
	if (abbreviations.has(word.toLowerCase())) return common;
	if (/^\p{L}$/u.test(word)) return common;
	if (/^\d+$/u.test(word)) return !lower;
	return true;
}

/**
 * Counts upper-case words, with words split as in NLTK's word_tokenize: marks and quotes are separate, contractions are
 * two words ("DON'T" is DO and N'T), hyphens and slashes join.
 */
export function upperCaseTokens(text: string): number {
	let count = 0;
	for (const [token] of text.matchAll(/[^\s;@#$%&?!"“”«»()[\]{}<>,:…]+/gu)) {
		for (const part of token.split(/--+|\.{2,}/u)) count += upperCaseParts(part.replace(/^['’`]+|['’`.]+$/gu, ''));
	}
	return count;
}

function upperCaseParts(word: string): number {
	const negated = /^(.+)(N['’]T)$/u.exec(word);
	const contracted = negated ?? /^(.+)(['’](?:S|M|D|LL|RE|VE))$/u.exec(word);
	const parts = contracted === null ? [word] : [contracted[1]!, contracted[2]!];
	return parts.filter(isUpper).length;
}
