/**
 * Splits a command line as a shell does, without running anything in it: quotes keep spaces, a backslash keeps the next
 * character outside of single quotes. On Windows a backslash is only part of a path.
 */
export function splitCommand(line: string, backslashEscapes = true): string[] {
	const words: string[] = [];
	let word: string | null = null;
	let quote = '';
	for (let at = 0; at < line.length; at += 1) {
		const character = line.charAt(at);
		if (quote !== '' && character === quote) quote = '';
		else if (character === '\\' && backslashEscapes && quote !== "'" && at + 1 < line.length) {
			at += 1;
			word = (word ?? '') + line.charAt(at);
		} else if (quote === '' && (character === '"' || character === "'")) {
			quote = character;
			word ??= '';
		} else if (quote === '' && /\s/.test(character)) {
			if (word !== null) words.push(word);
			word = null;
		} else word = (word ?? '') + character;
	}
	return word === null ? words : [...words, word];
}

/** Reads lines of "NAME=value" or "Name: value". Returns null if a line has no name. */
export function readPairs(text: string, separator: '=' | ':'): Record<string, string> | null {
	const pairs: Record<string, string> = {};
	for (const line of text.split('\n')) {
		if (line.trim() === '') continue;
		const at = line.indexOf(separator);
		const name = line.slice(0, at).trim();
		if (at < 1 || name === '') return null;
		pairs[name] = line.slice(at + 1).trim();
	}
	return pairs;
}
