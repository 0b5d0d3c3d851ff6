import { pageLocale } from './page-locale.ts';

let english: ReadonlyMap<string, string> | null = null;

/** Returns a translated text together with its English one, so that a search finds it by either. */
export function withEnglish(text: string): string {
	const { tag, messages } = pageLocale();
	if (tag === 'en') return text;
	english ??= new Map(Object.entries(messages).map(([message, translation]) => [translation, message]));
	const source = english.get(text);
	return source === undefined ? text : `${text} ${source}`;
}
