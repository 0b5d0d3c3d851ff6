import { text } from './text-form.ts';
import { isList, Markup, Tuple, type Value } from './values.ts';

const entities: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	"'": '&#39;',
	'"': '&#34;',
};

/** Returns text with HTML's special characters escaped, unless it is marked as safe. */
export function escapeHtml(value: Value): string {
	if (value instanceof Markup) return value.text;
	return text(value).replace(/[&<>'"]/g, (character) => entities[character] ?? character);
}

/** Marks the texts in a result as safe, as Python's methods of safe texts do. */
export function marked(result: Value): Value {
	if (typeof result === 'string') return new Markup(result);
	if (isList(result)) return result.map(marked);
	return result instanceof Tuple ? new Tuple(result.items.map(marked)) : result;
}
