/**
 * Makes any text safe to store, index and tokenise. NUL ends a text for some of SQLite's functions, and half a
 * surrogate pair has no UTF-8 form: both become U+FFFD, so that the reader sees that something is missing.
 */
export function cleanText(text: string): string {
	return text.replaceAll('\0', '\uFFFD').toWellFormed();
}

/** Cleans a name: one line, without control characters or surrounding white space. */
export function oneLine(text: string): string {
	return cleanText(text)
		.replaceAll(/[\p{Cc}\s]+/gu, ' ')
		.trim();
}
