/** What Python takes for white space: JavaScript's `\s` has U+FEFF in addition and lacks U+001C to U+001F and U+0085. */
export const space = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

const leading = new RegExp(`^[${space}]+`);
const lastInk = new RegExp(`[^${space}]`);

export function trimStart(text: string): string {
	return text.replace(leading, '');
}

export function trimEnd(text: string): string {
	let end = text.length;
	while (end > 0 && !lastInk.test(text.charAt(end - 1))) end -= 1;
	return text.slice(0, end);
}
