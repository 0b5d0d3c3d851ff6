import type { ClientContext, ClientLink, ClientOptions } from '@orpc/client';
import { isSaid, type SaidFacts, type SaidValue, separators, type Words } from '../../models/contract/said.ts';
import { formatNumber, phraseSeparator } from '../design/format.ts';
import { compiledMessage } from '../messages/compiled-message.ts';
import { numberLocale, pageLocale } from '../messages/page-locale.ts';

/**
 * Puts the texts of the application's answers into the page's language. Where an object lists its texts' messages in
 * `said`, its English texts are replaced; all else stays as it is.
 */
export function translateAnswers(link: ClientLink<ClientContext>): ClientLink<ClientContext> {
	return {
		async call(path: readonly string[], input: unknown, options: ClientOptions<ClientContext>): Promise<unknown> {
			try {
				const output = await link.call(path, input, options);
				if (!isTranslated()) return output;
				return isStream(output) ? translateStream(output) : withTranslations(output);
			} catch (error) {
				if (isTranslated() && error instanceof Error && 'data' in error) error.data = withTranslations(error.data);
				throw error;
			}
		},
	};
}

function isTranslated(): boolean {
	const { tag, invent } = pageLocale();
	return tag !== 'en' || invent !== undefined;
}

function isStream(value: unknown): value is AsyncGenerator<unknown> {
	return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

async function* translateStream(stream: AsyncGenerator<unknown>): AsyncGenerator<unknown> {
	for await (const value of stream) yield withTranslations(value);
}

/** Returns the value with its said texts in the page's language. */
export function withTranslations(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(withTranslations);
	if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
	const said = (value as { said?: unknown }).said;
	const words = new Map(Array.isArray(said) ? said.filter(isSaid).map((one) => [one.text, translateSaid(one)]) : []);
	const replaced = (inner: unknown): unknown =>
		typeof inner === 'string' ? (words.get(inner) ?? inner) : withTranslations(inner);
	return Object.fromEntries(
		Object.entries(value).map(([key, inner]) => [
			key,
			key === 'said' ? inner : words.size > 0 && Array.isArray(inner) ? inner.map(replaced) : replaced(inner),
		]),
	);
}

/** Translates a text that the page itself gets from code shared with the application. */
export function translateWords(words: Words): string {
	return typeof words === 'string' || !isTranslated() ? String(words) : translateSaid(words.facts);
}

/** Translates a said text; if the catalogue lacks its message, all of it stays in English. */
export function translateSaid({ text, id, values }: SaidFacts): string {
	const { messages, invent } = pageLocale();
	if (invent === undefined && messages[id] === undefined && hasWords(id)) return text;
	try {
		const filled = Object.fromEntries(values.map((value, index) => [String(index), translateValue(value)]));
		return String(compiledMessage(id).format(filled));
	} catch {
		// Kept by an earlier version, whose message had other values.
		return text;
	}
}

/** Sentences after each other are a message of values alone. */
const hasWords = (id: string): boolean => /\p{L}/u.test(id.replaceAll(/\{\d+\}/g, ''));

function translateValue(value: SaidValue): string | number {
	if (typeof value !== 'object') return value;
	if ('number' in value) {
		const written = formatNumber(value.number, value.digits);
		const figure = value.signed === true && value.number >= 0 ? `+${written}` : written;
		return value.unit === undefined ? figure : `${figure} ${value.unit}`;
	}
	if (!('list' in value)) return translateSaid(value);
	const items = value.list.map((item) => String(translateValue(item)));
	return value.by === 'and' || value.by === 'each'
		? new Intl.ListFormat(numberLocale(), { type: 'conjunction' }).format(items)
		: items.join(value.by === 'dot' ? separators.dot : phraseSeparator(value.by));
}
