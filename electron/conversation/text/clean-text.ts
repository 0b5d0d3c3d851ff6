/**
 * Makes any text safe to store, index and tokenise. NUL ends a text for some of SQLite's functions, and half a
 * surrogate pair has no UTF-8 form: both become U+FFFD, so that a reader sees that something stood there.
 */
export function cleanText(text: string): string {
	return text.replaceAll('\0', '\uFFFD').toWellFormed();
}
