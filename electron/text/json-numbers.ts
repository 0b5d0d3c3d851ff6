/**
 * Like JSON.parse, but `keep` converts each number that is no safe integer, given its value and its digits as written.
 * A text nested too deep for that keeps its numbers as floats. Throws SyntaxError.
 */
export function parseJsonKeeping(text: string, keep: (value: number, source: string) => unknown): unknown {
	const parsed = JSON.parse(text) as unknown;
	// Few texts have a number that a float can't hold, and the reviver is slower and recursive.
	if (!/\d{16}|\d[eE]\+?\d{3}/.test(text)) return parsed;
	function convert(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
		if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
		return keep(value, context?.source ?? '');
	}
	try {
		return JSON.parse(text, convert) as unknown;
	} catch {
		// Nested too deep for the reviver.
		return parsed;
	}
}
