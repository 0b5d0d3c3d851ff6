/** Returns a path as it was entered, without the quotation marks that file managers put around a copied one. */
export function readEnteredPath(text: string): string {
	return text.trim().replace(/^(['"])(.*)\1$/, '$2');
}
