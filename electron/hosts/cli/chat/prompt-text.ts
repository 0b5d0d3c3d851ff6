import { text as readAll } from 'node:stream/consumers';

/**
 * What to ask: the words of the command line, where `-` stands for standard input; without words all of a piped
 * standard input; null at a terminal.
 */
export async function promptText(words: readonly string[]): Promise<string | null> {
	if (words.length === 0) return process.stdin.isTTY ? null : readAll(process.stdin);
	const piped = words.includes('-') ? await readAll(process.stdin) : '';
	return words.map((word) => (word === '-' ? piped : word)).join(' ');
}
