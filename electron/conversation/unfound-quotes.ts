/** Characters of a quote below which nothing is claimed by it: a word or two may be in quotation marks for any reason. */
const leastCharacters = 12;
/** Words of a quote below which it is a name or a term. */
const leastWords = 3;

export interface QuoteSpan {
	/** UTF-16 offsets of the quoted text, without its marks. */
	readonly start: number;
	readonly end: number;
}

/** Quotation marks, and lines of a block quote. */
const quotes = /“([^“”]+)”|„([^„“”]+)[“”]|«([^«»]+)»|「([^「」]+)」|(?<![\w"])"([^"\n]+)"(?!\w)|^[ \t]*>[ \t]?(.+)$/gmu;

/** Where an author left something out. */
const gaps = /\[?\s*(?:…|\.{3,})\s*\]?/u;

/** Returns the quotes in an answer that occur in none of `texts`, as `findQuotes` looks for them. */
export function findUnfoundQuotes(answer: string, texts: readonly string[]): readonly QuoteSpan[] {
	return findQuotes(answer, texts).flatMap(({ isFound, start, end }) => (isFound ? [] : { start, end }));
}

/**
 * Returns the quotes in an answer, and whether each occurs in one of `texts`. White space, case, hyphens at line ends and kinds of
 * quotation marks and dashes don't count; parts around an ellipsis are looked up one by one. Code is not looked at.
 */
export function findQuotes(
	answer: string,
	texts: readonly string[],
): readonly (QuoteSpan & { readonly isFound: boolean })[] {
	const claims = [...withoutCode(answer).matchAll(quotes)].flatMap((match) => {
		const quote = match.slice(1).find((part) => part !== undefined) ?? '';
		const parts = quote
			.split(gaps)
			.map((part) => withoutEnds(comparable(part)))
			.filter(isClaim);
		const start = match.index + match[0].indexOf(quote);
		return parts.length === 0 ? [] : [{ start, end: start + quote.length, parts }];
	});
	// Long texts are compared only if there is something to find in them.
	if (claims.length === 0) return [];
	const known = texts.map(comparable);
	return claims.map(({ start, end, parts }) => ({
		start,
		end,
		isFound: parts.every((part) => known.some((text) => text.includes(part))),
	}));
}

function isClaim(text: string): boolean {
	return text.length >= leastCharacters && text.split(' ').length >= leastWords;
}

/** Replaces code by spaces, so that offsets stay. */
function withoutCode(text: string): string {
	return text.replaceAll(/```[\s\S]*?(?:```|$)|`[^`\n]*`/g, (code) => code.replaceAll(/[^\n]/g, ' '));
}

/**
 * Marks of sources such as [1] and emphasis are not part of what is quoted. White space is shortened first: the patterns
 * after it must not search through long runs.
 */
function comparable(text: string): string {
	return text
		.normalize('NFKC')
		.toLowerCase()
		.replaceAll(/[^\S\n]+/g, ' ')
		.replaceAll(/ ?\n[ \n]*/g, '\n')
		.replaceAll(/\[\d+\]/g, ' ')
		.replaceAll(/(\p{L})-\n(\p{L})/gu, '$1$2')
		.replaceAll(/\s?[-‐‑‒–—−]+\s?/g, '-')
		.replaceAll(/[*_“”„‟«»"'‘’‚‛`]/g, '')
		.replaceAll(/\s+/g, ' ');
}

/** Punctuation at the ends of a quote is often the sentence's around it. */
function withoutEnds(text: string): string {
	return text.replaceAll(/^[\s.,;:!?]+|[\s.,;:!?]+$/g, '');
}
