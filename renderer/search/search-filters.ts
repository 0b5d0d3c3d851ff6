/** A filter as it stands in the text: `tag:work`, `in:"Trip to Rome"`. */
export function formatFilter(key: string, value: string): string {
	const plain = value.replaceAll('"', ' ').trim();
	return /\s/.test(plain) ? `${key}:"${plain}"` : `${key}:${plain}`;
}

/** Of which there may be several at once; any other replaces the one before. */
const several = new Set(['tag']);

/** The text with a filter more, ready to go on typing after it. */
export function addFilter(text: string, key: string, value: string): string {
	const word = formatFilter(key, value);
	const kept = several.has(key)
		? without(text, word)
		: text.replaceAll(new RegExp(`(?<!\\S)${key}:("[^"]*"|\\S*)`, 'gi'), '');
	return `${[tidy(kept), word].filter((part) => part !== '').join(' ')} `;
}

/** The text without a filter that stands in it word for word. */
export function removeFilter(text: string, word: string): string {
	const rest = tidy(without(text, word));
	return rest === '' ? '' : `${rest} `;
}

function without(text: string, word: string): string {
	const at = text.toLowerCase().indexOf(word.toLowerCase());
	return at === -1 ? text : text.slice(0, at) + text.slice(at + word.length);
}

function tidy(text: string): string {
	return text.replaceAll(/\s+/g, ' ').trim();
}
