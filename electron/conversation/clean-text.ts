/**
 * Makes any text safe to store, index and tokenise. NUL ends a text for some of SQLite's functions, and half a
 * surrogate pair has no UTF-8 form: both become U+FFFD, so that a reader sees that something stood there.
 */
export function cleanText(text: string): string {
	return text.replaceAll('\0', '\uFFFD').toWellFormed();
}

/** The same for a name: on one line, without control characters, without white space around it. */
export function oneLine(text: string): string {
	return cleanText(text)
		.replaceAll(/[\p{Cc}\s]+/gu, ' ')
		.trim();
}
