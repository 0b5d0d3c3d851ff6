/** Writes an amount in ICU's syntax. Extraction of messages does the same from the source. */
export function pluralMessage(name: string, one: string, other: string): string {
	return `{${name}, plural, one {# ${quoted(one)}} other {# ${quoted(other)}}}`;
}

/** Quotes what has a meaning in ICU's syntax. Extraction of messages does the same from the source. */
export function quoted(text: string): string {
	// A value may follow an apostrophe at the end.
	return text.replaceAll(/'*(?:[{}]|<(?=[\p{L}/]))(?:['{}]|<(?=[\p{L}/]))*|'(?=['<>])|(?<=')'|'$/gu, (found) => {
		const doubled = found.replaceAll("'", "''");
		return /[{}<]/.test(found) ? `'${doubled}'` : doubled;
	});
}

/** Marks a text that a table holds for the page, which words it by `translate`. */
export function phrase<const Text extends string>(text: Text): Text {
	return text;
}
