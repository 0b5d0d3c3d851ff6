import { IntlMessageFormat } from 'intl-messageformat';
import { numberLocale, pageLocale } from './page-locale.ts';

const compiled = new Map<string, IntlMessageFormat>();

/** Separates a message from the note that tells two meanings of one English text apart. */
const noteMark = ' ⟨';

/** Returns a message's key in the catalogues: its English text, with the note if it has one. */
export function messageKey(message: string, note?: string): string {
	return note === undefined ? message : `${message}${noteMark}${note}⟩`;
}

/** Returns the message in the page's language, ready to be filled in. A message that the catalogue lacks is English. */
export function compiledMessage(message: string, note?: string): IntlMessageFormat {
	const key = messageKey(message, note);
	const known = compiled.get(key);
	if (known !== undefined) return known;
	const made = compile(message, key);
	compiled.set(key, made);
	return made;
}

function compile(message: string, key: string): IntlMessageFormat {
	const { tag, messages, invent } = pageLocale();
	const translation = messages[key];
	if (invent !== undefined) return new IntlMessageFormat(invent(message), 'en-US');
	if (translation === undefined || tag === 'en') return new IntlMessageFormat(message, 'en-US');
	return new IntlMessageFormat(translation, numberLocale());
}

/** Forgets all compiled messages, for tests that change the page's language. */
export function forgetCompiledMessages(): void {
	compiled.clear();
}
