import { t } from './t.ts';

/** Ends words as a sentence, with the full stop of the page's language. */
export function sentence(words: string): string {
	return t('{words}.', { words });
}

/** Words after each other as sentences. */
export function sentences(words: readonly string[]): string {
	return words.map(sentence).join(' ');
}
