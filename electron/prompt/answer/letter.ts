import { letterOf } from '../build/choices.ts';

/** Nothing of a word may stand beside a letter that is an answer. */
const alone = String.raw`(?![\p{L}\p{N}'’])`;

/** In this order: the output is a letter, says which is the answer, begins with one and a mark, has one in brackets. */
const patterns = [
	/^[\s*_("'[`]*([A-Za-z])[\s*_)"'\].:,`]*$/u,
	new RegExp(
		String.raw`(?:[Aa]nswer|ANSWER|[Cc]hoice|[Oo]ption)\s*(?:is|IS)?\s*[:=]?\s*[*_("'[\x60]*([A-Z])${alone}`,
		'gu',
	),
	/^[\s*_("'[`]*([A-Z])[*_"'`]*[)\].:]/u,
	/\(([A-Z])\)/gu,
	new RegExp(String.raw`(?<![\p{L}\p{N}'’])([B-HJ-Z])${alone}`, 'gu'),
] as const;

/** The letter that an output answers with, of the first `count` letters (up to Z); null: it names none. */
export function letterIn(output: string, count = 26): string | null {
	const allowed = new Set(Array.from({ length: Math.min(count, 26) }, (_, index) => letterOf(index)));
	for (const pattern of patterns) {
		const letter = pattern.global ? lastOf(pattern, output, allowed) : pattern.exec(output)?.[1]?.toUpperCase();
		if (letter !== undefined && allowed.has(letter)) return letter;
	}
	return null;
}

function lastOf(pattern: RegExp, output: string, allowed: ReadonlySet<string>): string | undefined {
	let last: string | undefined;
	for (const [, letter] of output.matchAll(pattern)) if (letter !== undefined && allowed.has(letter)) last = letter;
	return last;
}
