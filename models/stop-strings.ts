export interface StopStrings {
	/** Takes new text; returns the text that may be shown now. Once `found` is set, no more may be shown. */
	push(text: string): string;
	/** Returns the rest when the answer ends without a stop string. */
	rest(): string;
	readonly found: string | null;
}

/** Returns the length of the longest suffix of `text` that is a proper prefix of one of `stops`. */
function beginningAtEnd(text: string, stops: readonly string[]): number {
	let longest = 0;
	for (const stop of stops) {
		for (let length = Math.min(stop.length - 1, text.length); length > longest; length -= 1) {
			if (text.endsWith(stop.slice(0, length))) longest = length;
		}
	}
	return longest;
}

/**
 * Cuts an answer before its first stop string. A stop string may span many tokens, so text that could still become one
 * is held back until that is clear.
 */
export function createStopStrings(stops: readonly string[]): StopStrings {
	let held = '';
	let found: string | null = null;
	return {
		push(text) {
			if (found !== null) return '';
			held += text;
			let at = Number.POSITIVE_INFINITY;
			for (const stop of stops) {
				const index = held.indexOf(stop);
				if (index === -1 || index >= at) continue;
				at = index;
				found = stop;
			}
			const end = found === null ? held.length - beginningAtEnd(held, stops) : at;
			const shown = held.slice(0, end);
			held = held.slice(end);
			return shown;
		},
		rest() {
			const shown = found === null ? held : '';
			held = '';
			return shown;
		},
		get found() {
			return found;
		},
	};
}
