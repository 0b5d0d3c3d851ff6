import { type MessageFormatElement, parse, TYPE } from '@formatjs/icu-messageformat-parser';
import { printAST } from '@formatjs/icu-messageformat-parser/printer.js';
import type { PageLocale } from './page-locale.ts';

/** How much longer than English a text gets: German and French often need this much. */
const growth = 0.4;

/**
 * A language for tests: every message is 40 % longer, and with `rtl` runs from right to left. A text without accents on
 * the screen is one that the catalogue lacks.
 */
export function pseudoLocale(kind: 'long' | 'rtl'): PageLocale {
	return {
		tag: kind === 'rtl' ? 'ar' : 'en-XA',
		direction: kind === 'rtl' ? 'rtl' : 'ltr',
		messages: {},
		invent: (message) => printAST(parse(message).map((part) => invented(part, kind))),
	};
}

function invented(part: MessageFormatElement, kind: 'long' | 'rtl'): MessageFormatElement {
	switch (part.type) {
		case TYPE.literal:
			return { ...part, value: kind === 'rtl' ? reversed(lengthened(part.value)) : lengthened(part.value) };
		case TYPE.plural:
		case TYPE.select: {
			const options = Object.entries(part.options).map(([name, { value, ...rest }]) => [
				name,
				{ ...rest, value: value.map((inner) => invented(inner, kind)) },
			]);
			return { ...part, options: Object.fromEntries(options) } as MessageFormatElement;
		}
		case TYPE.tag:
			return { ...part, children: part.children.map((inner) => invented(inner, kind)) };
		case TYPE.argument:
		case TYPE.number:
		case TYPE.date:
		case TYPE.time:
		case TYPE.pound:
			return part;
	}
}

const accents: Readonly<Record<string, string>> = { a: 'á', e: 'é', i: 'ï', o: 'ö', u: 'ü', A: 'Å', E: 'É', O: 'Ø' };

/** Makes words longer by repeating a vowel, so that lines break where real words would let them. */
function lengthened(text: string): string {
	return text.replaceAll(/\p{L}+/gu, (word) => {
		const extra = Math.round(word.length * growth);
		const accented = word.replaceAll(/[aeiouAEO]/g, (letter) => accents[letter] ?? letter);
		return accented.replace(/[áéïöü]|$/, (letter) =>
			(letter === '' ? 'é' : letter).repeat(extra + (letter === '' ? 0 : 1)),
		);
	});
}

/** Forces letters from right to left, as Arabic and Hebrew run. */
function reversed(text: string): string {
	return text.replaceAll(/\S+(?: \S+)*/g, (words) => `\u202E${words}\u202C`);
}
