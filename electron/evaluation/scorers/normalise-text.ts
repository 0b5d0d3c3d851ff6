export interface Normalisation {
	readonly ignoreCase: boolean;
	readonly ignorePunctuation: boolean;
	readonly ignoreWhitespace: boolean;
	readonly ignoreArticles: boolean;
}

/** Takes out of a text what does not count; both sides of a comparison go through it. Always NFC and trimmed. */
export function normalise(text: string, options: Normalisation): string {
	let result = text.normalize('NFC');
	if (options.ignoreCase) result = result.toLowerCase();
	if (options.ignorePunctuation) result = result.replace(/\p{P}+/gu, '');
	if (options.ignoreArticles) result = result.replace(/(?<![\p{L}\p{N}])(?:an?|the)(?![\p{L}\p{N}])/giu, '');
	// What was taken out leaves spaces behind.
	if (options.ignoreWhitespace || options.ignorePunctuation || options.ignoreArticles)
		result = result.replace(/\s+/gu, ' ');
	return result.trim();
}
