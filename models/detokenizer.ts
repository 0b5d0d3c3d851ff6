/** Turns tokens into text piece by piece, whole characters only. */
export interface Detokenizer {
	/** Text that is complete now; '' while a character is still missing some of its bytes. */
	push(token: number): string;
	/** What is left at the end, incomplete characters included. */
	rest(): string;
}

/** Tokens that the detokeniser is shown before the new ones: enough for it to know whether a space belongs there. */
const contextTokens = 3;

/**
 * A character has at most four bytes, hence at most four tokens; after that the bytes are no character at all, or the
 * model means U+FFFD itself.
 */
const mostTokensOfACharacter = 4;

/** `begun`: tokens whose text has been shown before. */
export function createDetokenizer(
	detokenize: (tokens: readonly number[], before: readonly number[]) => string,
	begun: readonly number[] = [],
): Detokenizer {
	let before = begun.slice(-contextTokens);
	let pending: number[] = [];
	const take = (text: string): string => {
		before = [...before, ...pending].slice(-contextTokens);
		pending = [];
		return text;
	};
	return {
		push(token) {
			pending.push(token);
			const text = detokenize(pending, before);
			return pending.length < mostTokensOfACharacter && text.endsWith('\ufffd') ? '' : take(text);
		},
		rest: () => (pending.length === 0 ? '' : take(detokenize(pending, before))),
	};
}
