/** After these a full stop ends no sentence, as Punkt's English model has it for most texts. */
const abbreviations = new Set(
	'mr mrs ms dr prof sr jr st vs etc e.g i.e cf al inc ltd co corp dept est fig gen gov hon jan feb mar apr jun jul aug sep sept oct nov dec lt maj capt col sgt rep sen rev no vol pp ed eds approx u.s u.k u.n a.m p.m ph.d b.a m.a'.split(
		' ',
	),
);

/** Ends of sentences: marks, closing quotes and brackets, then white space. */
const boundary = /(\S*?)([.?!]+)(["'”’)\]]*)\s+(?=(\S))/gu;

/**
 * How many sentences a text has. IFEval asks NLTK's Punkt, whose trained model is not here; this follows its rules: a
 * mark and white space behind it, but no abbreviation, initial or ellipsis that goes on in lower case, no number of a
 * list; line ends alone end nothing. On prose the two mostly agree; on lists and headings they can differ by a few.
 */
export function countSentences(text: string): number {
	const trimmed = text.trim();
	if (trimmed === '') return 0;
	let count = 1;
	for (const [, before = '', mark = '', , next = ''] of trimmed.matchAll(boundary)) {
		if (endsSentence(before, mark, next)) count += 1;
	}
	return count;
}

function endsSentence(before: string, mark: string, next: string): boolean {
	if (/[?!]/.test(mark)) return true;
	const word = before.toLowerCase().replace(/^[^\p{L}\p{N}]+/u, '');
	if (mark.length > 1) return !/\p{Ll}/u.test(next);
	if (abbreviations.has(word)) return false;
	// "J. Smith", "1. First"
	if (/^\p{L}$/u.test(word) && /\p{Lu}/u.test(before)) return false;
	if (/^\d+$/u.test(word) && word === before) return false;
	return !/\p{Ll}/u.test(next);
}
