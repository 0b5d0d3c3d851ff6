import type { MetadataEntry } from '../../contract/inspection.ts';
import { type GgufHeader, type GgufValue, valueTypeNames } from '../gguf/header.ts';

/** Characters of a text that are shown; a licence or a template has its own place. */
const shownLength = 4_000;
/** Items of a list that are shown. */
const shownItems = 32;

function entryOf(key: string, value: GgufValue): MetadataEntry {
	if (typeof value === 'string') {
		return {
			key,
			type: 'text',
			value: value.slice(0, shownLength),
			length: value.length,
			cut: value.length > shownLength,
		};
	}
	if (Array.isArray(value)) {
		const items = value.slice(0, shownItems).map(String).join(', ');
		return { key, type: 'list', value: items, length: value.length, cut: value.length > shownItems };
	}
	if (typeof value === 'object' && 'itemType' in value) {
		const type = `list of ${valueTypeNames[value.itemType] ?? 'unknown'}`;
		return { key, type, value: `${value.length.toLocaleString('en')} items`, length: value.length, cut: true };
	}
	const text = String(value);
	const type = typeof value === 'boolean' ? 'bool' : Number.isInteger(Number(value)) ? 'whole number' : 'number';
	return { key, type, value: text, length: text.length, cut: false };
}

/** Every key of a header in the order of the file, its value as text. */
export function metadataOf(header: GgufHeader): MetadataEntry[] {
	return [...header.metadata].map(([key, value]) => entryOf(key, value));
}
