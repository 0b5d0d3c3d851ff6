/** Turns tokens into text piece by piece, in whole characters. */
export interface Detokenizer {
	/** Returns the text that is now complete; '' while bytes of a character are missing. */
	push(token: number): string;
	/** Returns the remaining text at the end, including incomplete characters. */
	rest(): string;
}

/** Tokens of context given to the detokeniser before new ones: enough for it to decide about a space. */
const contextTokens = 3;

/**
 * A character has at most four bytes, hence at most four tokens; beyond that, the bytes are not a character, or the
 * model means U+FFFD itself.
 */
const mostTokensOfACharacter = 4;

/** Returns the text of tokens after those that came before. */
type Detokenize = (tokens: readonly number[], before: readonly number[]) => string;

/** Shows the control tokens that calls are made of. */
export function showing(detokenize: Detokenize, shown: ReadonlyMap<number, string> | undefined): Detokenize {
	if (shown === undefined || shown.size === 0) return detokenize;
	return (tokens, before) => {
		const text = shown.get(tokens.at(-1)!);
		return text === undefined ? detokenize(tokens, before) : detokenize(tokens.slice(0, -1), before) + text;
	};
}

/** Creates a detokeniser. `begun`: tokens whose text has been shown already. */
export function createDetokenizer(detokenize: Detokenize, begun: readonly number[] = []): Detokenizer {
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
