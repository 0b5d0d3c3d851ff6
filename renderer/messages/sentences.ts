import { pageLocale } from './page-locale.ts';
import { t } from './t.ts';

/** Ends words as a sentence, with the full stop of the page's language. */
export function sentence(words: string): string {
	return t('{words}.', { words });
}

/** Words at the beginning of a line or of a headline. */
export function capitalise(words: string): string {
	return `${words.charAt(0).toLocaleUpperCase(pageLocale().tag)}${words.slice(1)}`;
}

/** Words after each other as sentences. */
export function sentences(words: readonly string[]): string {
	return words.map(sentence).join(' ');
}
