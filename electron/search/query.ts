/** How a text that somebody typed is looked for. */
export type SearchQuery =
	/** Through the index: whole words, the last one as a beginning. */
	| { readonly kind: 'words'; readonly match: string }
	/** Character by character, for what the index has no words for: Chinese, Japanese, Thai, emoji, `=>`. */
	| { readonly kind: 'text'; readonly text: string }
	| { readonly kind: 'nothing' };

/** Scripts that write without spaces between words: the index sees a whole sentence as one word. */
const withoutSpaces =
	/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
/** What the index's tokeniser (unicode61) counts as part of a word. */
const wordCharacter = /[\p{L}\p{N}\p{Co}\p{M}]/u;
/** No more words are looked for; each one costs a walk through the index. */
const maxTerms = 16;

/** Every word is quoted, so nothing in the text is read as the index's own query language. */
export function parseQuery(typed: string): SearchQuery {
	const text = typed.replaceAll('\0', ' ').toWellFormed().trim();
	if (text === '') return { kind: 'nothing' };
	if (withoutSpaces.test(text)) return { kind: 'text', text };
	const terms = [...text.matchAll(/"([^"]+)"|([^\s"]+)/gu)]
		.map((match) => ({ term: match[1] ?? match[2] ?? '', phrase: match[1] !== undefined }))
		.filter(({ term }) => wordCharacter.test(term))
		.slice(0, maxTerms);
	const last = terms.at(-1);
	if (last === undefined) return { kind: 'text', text };
	const quoted = terms.map(({ term }) => `"${term.replaceAll('"', '""')}"`);
	return { kind: 'words', match: `${quoted.join(' ')}${last.phrase ? '' : '*'}` };
}
