import { type PageLocale, pageLocale } from './page-locale.ts';

let known: { readonly messages: PageLocale['messages']; readonly english: ReadonlyMap<string, string> } | null = null;

/** Returns a translated text together with its English one, so that a search finds it by either. */
export function withEnglish(text: string): string {
	const { tag, messages } = pageLocale();
	if (tag === 'en') return text;
	if (known?.messages !== messages) {
		const pairs = Object.entries(messages).map(([message, translation]) => [translation, message] as const);
		known = { messages, english: new Map(pairs) };
	}
	const source = known.english.get(text);
	return source === undefined ? text : `${text} ${source}`;
}
