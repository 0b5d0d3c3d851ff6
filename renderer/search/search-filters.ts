import { lowerCase } from '../../electron/contract/lower-case.ts';

/** Formats a filter as text: `tag:work`, `in:"Trip to Rome"`. */
export function formatFilter(key: string, value: string): string {
	const plain = value.replaceAll('"', ' ').trim();
	return /\s/.test(plain) ? `${key}:"${plain}"` : `${key}:${plain}`;
}

/** Filters that may appear several times; any other replaces the previous one. */
const repeatableFilters = new Set(['tag']);

/** Appends a filter to the text, ready for more typing. */
export function addFilter(text: string, key: string, value: string): string {
	const word = formatFilter(key, value);
	const kept = repeatableFilters.has(key)
		? removeWord(text, word)
		: text.replaceAll(new RegExp(`(?<!\\S)${key}:("[^"]*"|\\S*)`, 'gi'), '');
	return `${[joinSpaces(kept), word].filter((part) => part !== '').join(' ')} `;
}

/** Removes a filter from the text; it must match exactly. */
export function removeFilter(text: string, word: string): string {
	const rest = joinSpaces(removeWord(text, word));
	return rest === '' ? '' : `${rest} `;
}

function removeWord(text: string, word: string): string {
	const at = lowerCase(text).indexOf(lowerCase(word));
	return at === -1 ? text : text.slice(0, at) + text.slice(at + word.length);
}

function joinSpaces(text: string): string {
	return text.replaceAll(/\s+/g, ' ').trim();
}
