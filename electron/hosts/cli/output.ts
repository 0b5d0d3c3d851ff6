import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { styleText } from 'node:util';
import type { FailureFacts } from '../../../models/contract/failure.ts';
import { withoutMessages } from '../../../models/contract/said.ts';

/** What a command reads from and writes to. `process` is one; tests pass their own. */
export interface Streams {
	readonly stdin: Readable & { readonly isTTY?: boolean };
	readonly stdout: Writable & { readonly isTTY?: boolean };
	readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
}

/** Output of a command: results go to stdout, everything else to stderr. */
export interface Output {
	readonly json: boolean;
	/** Whether the document or the text of the result was printed. */
	readonly printed: boolean;
	/** Prints the result: one JSON document, or text for people. */
	result(document: object, text: string): void;
	/**
	 * Prints a result of any size unchanged; on a terminal, without characters that could control it. Resolves once it
	 * has been consumed.
	 */
	pipe(content: Readable): Promise<void>;
	/** Prints a piece of an answer as it arrives. With --json it becomes part of the document instead. */
	stream(text: string): void;
	/** Prints a complete line about progress, for people at a terminal. */
	note(text: string): void;
	/** Prints a complete line that matters wherever stderr goes: caveats of the result, next steps. */
	warn(text: string): void;
	/** Shows the current step on one line that the next call replaces; null clears it. Only on a terminal. */
	progress(text: string | null): void;
	/** Logs lines for troubleshooting; on stderr with --verbose. */
	readonly log: (line: string) => void;
	/** Prints `assay: <cause>` and what to do next; with --json also the document `{error, …more}`. */
	failure(failure: FailureFacts, more?: object): void;
}

const clearLine = '\r\u001B[2K';

export function openOutput(
	{ json, verbose }: { json: boolean; verbose: boolean },
	{ stdout, stderr }: Pick<Streams, 'stdout' | 'stderr'>,
): Output {
	const dim = (text: string) => styleText('dim', text, { stream: stderr });
	let step: string | null = null;
	let printed = false;

	function progress(text: string | null): void {
		if (!stderr.isTTY || text === step) return;
		const line = text === null ? '' : dim(printable(text).slice(0, (stderr.columns || 80) - 1));
		stderr.write(clearLine + line);
		step = text;
	}
	function print(text: string): void {
		printed = true;
		progress(null);
		stdout.write(text);
	}
	const forPeople = (text: string): string => (stdout.isTTY ? printable(text) : text);
	function printDocument(document: object): void {
		const text = JSON.stringify(document, withoutMessages, 2);
		print(`${stdout.isTTY ? escaped(text) : text}\n`);
	}
	return {
		json,
		get printed() {
			return printed;
		},
		progress,
		result: (document, text) => (json ? printDocument(document) : print(forPeople(withLineEnd(text)))),
		async pipe(content) {
			if (stdout.isTTY) content.setEncoding('utf8');
			printed = true;
			progress(null);
			for await (const chunk of content) {
				const room = stdout.write(typeof chunk === 'string' ? printable(chunk) : (chunk as Buffer));
				if (!room) await once(stdout, 'drain');
			}
		},
		stream: (text) => {
			if (!json && text !== '') print(forPeople(text));
		},
		note: (text) => {
			progress(null);
			if (stderr.isTTY) stderr.write(`${dim(printable(text))}\n`);
		},
		warn: (text) => {
			progress(null);
			stderr.write(`${stderr.isTTY ? printable(text) : text}\n`);
		},
		log: (line) => {
			if (!verbose) return;
			progress(null);
			stderr.write(`${stderr.isTTY ? printable(line) : line}\n`);
		},
		failure: ({ code, message, next, detail }, more) => {
			progress(null);
			const lines = [`assay: ${message}`, ...next.map((step) => `  - ${step}`)];
			if (code === 'internal' && detail) lines.push(detail);
			stderr.write(`${stderr.isTTY ? printable(lines.join('\n')) : lines.join('\n')}\n`);
			if (json) printDocument({ error: { code, message, next }, ...more });
		},
	};
}

function withLineEnd(text: string): string {
	return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

/** Characters that turn the direction of the text after them, so that it reads otherwise than it is. */
const turning = '\\u202A-\\u202E\\u2066-\\u2069';

/** Characters that nobody sees. The joiners U+200C and U+200D are none of them: many scripts and emoji need them. */
const invisible =
	'\\u00AD\\u061C\\u180E\\u200B\\u200E\\u200F\\u2060-\\u2065\\u206A-\\u206F\\uFEFF\\u{E0000}-\\u{E007F}';

const removed = new RegExp(`[\\r${invisible}]`, 'gu');
const shown = new RegExp(`[\\u0000-\\u0008\\u000B-\\u001F\\u007F-\\u009F${turning}]`, 'gu');
const hidden = new RegExp(`[\\u007F-\\u009F${turning}${invisible}]`, 'gu');

/**
 * Makes text from a model or a file safe for a terminal: it must not move the cursor, change the terminal's title, turn
 * the direction of other text, or hide something. Invisible characters are left out, the others shown by a symbol.
 */
export function printable(text: string): string {
	return text.replace(removed, '').replace(shown, (character) => {
		const code = character.charCodeAt(0);
		return code < 0x20 ? String.fromCharCode(0x2400 + code) : '\uFFFD';
	});
}

/** Writes the same characters of a JSON document as escape sequences, which changes none of its values. */
function escaped(json: string): string {
	return json.replace(hidden, (character) =>
		character
			.split('')
			.map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
			.join(''),
	);
}
