import { expect, test, vi } from 'vitest';
import { openOutput } from '../../../../electron/hosts/cli/output.ts';

const text = 'pay \u202E001\u202C\u2066 to\u2069 a\u200Bb\uFEFF\u{E0041} \u{1F469}\u200D\u{1F680} caf\u0301';

/** Returns what a command prints on standard output. */
function printed(isTTY: boolean, json: boolean): string {
	const before = process.stdout.isTTY;
	const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
	process.stdout.isTTY = isTTY;
	try {
		openOutput({ json, verbose: false }, process).result({ text }, text);
		return write.mock.calls.map(([piece]) => String(piece)).join('');
	} finally {
		process.stdout.isTTY = before;
		write.mockRestore();
	}
}

test('a terminal gets no character that turns the direction of text or hides in it, but joiners', () => {
	expect(printed(true, false)).toBe('pay \uFFFD001\uFFFD\uFFFD to\uFFFD ab \u{1F469}\u200D\u{1F680} caf\u0301\n');
});

test('a document on a terminal has them as escape sequences, so that its values stay the same', () => {
	const document = printed(true, true);
	expect(document).not.toMatch(/[\u202A-\u202E\u2066-\u2069\u200B\uFEFF]|\u{E0041}/u);
	expect(JSON.parse(document)).toEqual({ text });
});

test('a file or another program gets everything unchanged', () => {
	expect(printed(false, false)).toBe(`${text}\n`);
	expect(printed(false, true)).toBe(`${JSON.stringify({ text }, null, 2)}\n`);
});
