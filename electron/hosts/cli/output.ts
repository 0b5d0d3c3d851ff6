import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { styleText } from 'node:util';
import type { FailureFacts } from '../../../models/contract/failure.ts';

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

export function openOutput({ json, verbose }: { json: boolean; verbose: boolean }): Output {
	const { stdout, stderr } = process;
	const dim = (text: string) => styleText('dim', text, { stream: stderr });
	let shown: string | null = null;
	let printed = false;

	function progress(text: string | null): void {
		if (!stderr.isTTY || text === shown) return;
		const line = text === null ? '' : dim(printable(text).slice(0, (stderr.columns || 80) - 1));
		stderr.write(clearLine + line);
		shown = text;
	}
	function print(text: string): void {
		printed = true;
		progress(null);
		stdout.write(stdout.isTTY ? printable(text) : text);
	}
	return {
		json,
		get printed() {
			return printed;
		},
		progress,
		result: (document, text) => print(json ? `${JSON.stringify(document, null, 2)}\n` : withLineEnd(text)),
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
			if (!json && text !== '') print(text);
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
			stderr.write(`${line}\n`);
		},
		failure: ({ code, message, next, detail }, more) => {
			progress(null);
			const lines = [`assay: ${message}`, ...next.map((step) => `  - ${step}`)];
			if (code === 'internal' && detail) lines.push(detail);
			stderr.write(`${stderr.isTTY ? printable(lines.join('\n')) : lines.join('\n')}\n`);
			if (json) print(`${JSON.stringify({ error: { code, message, next }, ...more }, null, 2)}\n`);
		},
	};
}

function withLineEnd(text: string): string {
	return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

/** Removes control characters: text from a model or a file must not move the cursor or change the terminal's title. */
export function printable(text: string): string {
	return text.replace(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g, (character) => {
		const code = character.charCodeAt(0);
		return code === 0x0d ? '' : code < 0x20 ? String.fromCharCode(0x2400 + code) : '\uFFFD';
	});
}
