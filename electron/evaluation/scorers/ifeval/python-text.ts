/** Python's white space, for `strip()`, `split()` and `\s`. */
const space = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const leading = new RegExp(`^[${space}]+`, 'u');
const runs = new RegExp(`[${space}]+`, 'u');
const any = new RegExp(`[^${space}]`, 'u');

/** The same class of characters for RE2. */
export const spaceClass =
	'[\\t-\\r\\x1c-\\x20\\x{85}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}]';

/** `str.strip()`. */
export function strip(text: string): string {
	const start = text.replace(leading, '');
	let end = start.length;
	// Trims the end by hand: a pattern that ends with $ would examine every run of spaces in the text.
	while (end > 0 && !any.test(start[end - 1]!)) end -= 1;
	return start.slice(0, end);
}

/** Whether the text is only white space. */
export function isBlank(text: string): boolean {
	return !any.test(text);
}

/** `str.split()`. */
export function words(text: string): string[] {
	return text.split(runs).filter((word) => word !== '');
}

/** `str.isupper()`: has a cased letter, and none is lower or title case. */
export function isUpper(text: string): boolean {
	return /\p{Uppercase}/u.test(text) && !/[\p{Lowercase}\p{Lt}]/u.test(text);
}

/** `str.islower()`. */
export function isLower(text: string): boolean {
	return /\p{Lowercase}/u.test(text) && !/[\p{Uppercase}\p{Lt}]/u.test(text);
}

/** Whether `json.loads` succeeds: JSON, plus NaN and infinities as values. */
export function isPythonJson(text: string): boolean {
	try {
		JSON.parse(text);
		return true;
	} catch {
		const plain = text.replace(/"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g, (found) =>
			found.startsWith('"') ? found : '0',
		);
		try {
			JSON.parse(plain);
			return true;
		} catch {
			return false;
		}
	}
}
