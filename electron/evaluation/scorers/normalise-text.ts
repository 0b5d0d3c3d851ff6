export interface Normalisation {
	readonly ignoreCase: boolean;
	readonly ignorePunctuation: boolean;
	readonly ignoreWhitespace: boolean;
	readonly ignoreArticles: boolean;
}

/** Removes what should not count from a text; applied to both sides of a comparison. Always NFC and trimmed. */
export function normalise(text: string, options: Normalisation): string {
	let result = text.normalize('NFC');
	if (options.ignoreCase) result = result.toLowerCase();
	if (options.ignorePunctuation) result = result.replace(/\p{P}+/gu, '');
	if (options.ignoreArticles) result = result.replace(/(?<![\p{L}\p{N}])(?:an?|the)(?![\p{L}\p{N}])/giu, '');
	// Removed parts leave spaces behind.
	if (options.ignoreWhitespace || options.ignorePunctuation || options.ignoreArticles)
		result = result.replace(/\s+/gu, ' ');
	return result.trim();
}
