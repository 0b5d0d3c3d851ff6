import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { Failure } from '../../contract/failure.ts';
import { said } from '../../contract/said.ts';

/** A text to score, as bytes, because line ends and spaces count. */
export type ScoreText = { path: string; bytes: Uint8Array; sha256: string; crlfLines: number };

/** Larger texts would take hours and gigabytes of tokens; wiki.test.raw, the usual text, has 1.3 MB. */
const maxBytes = 256 * 1024 * 1024;

const newline = 0x0a;

function unfit(path: string, code: string, what: string, next: string[]): Failure {
	return new Failure({ code, message: `${path} ${what}.`, next });
}

/** Checks that bytes are text, and counts its CRLF line ends. Throws Failure `text-binary`. */
function checkText(path: string, bytes: Uint8Array): number {
	const zero = bytes.indexOf(0);
	const next = ['Choose a text file in UTF-8', 'Convert it, e.g. with “Save as … UTF-8” in an editor'];
	if (zero !== -1) {
		const utf16 = bytes[0] === 0xff || bytes[0] === 0xfe;
		const what = utf16 ? 'is text in UTF-16, not in UTF-8' : `is not text: byte ${zero + 1} is zero`;
		throw unfit(path, 'text-binary', what, next);
	}
	try {
		new TextDecoder('utf-8', { fatal: true }).decode(bytes);
	} catch {
		throw unfit(path, 'text-binary', 'is not text in UTF-8', next);
	}
	let crlf = 0;
	for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline, at + 1)) {
		if (at > 0 && bytes[at - 1] === 0x0d) crlf += 1;
	}
	return crlf;
}

/**
 * Reads a text like llama.cpp's programs: unchanged, except for its last line end, which is removed. Throws Failure
 * `text-missing`, `text-no-file`, `text-too-large`, `text-empty` or `text-binary`.
 */
export async function readText(path: string): Promise<ScoreText> {
	let file: Buffer;
	try {
		const stats = await stat(path);
		const { size } = stats;
		// A device claims to be empty and never ends. (A folder fails by itself.)
		if (!stats.isFile() && !stats.isDirectory()) {
			throw unfit(path, 'text-no-file', 'is a device or a pipe', ['Choose a text file']);
		}
		if (size > maxBytes) {
			const mega = Math.round(size / 1024 / 1024);
			throw unfit(path, 'text-too-large', `has ${mega} MB; up to 256 MB can be scored`, ['Use a part of it']);
		}
		file = await readFile(path);
	} catch (error) {
		if (error instanceof Failure) throw error;
		throw new Failure(
			{
				code: 'text-missing',
				message: said`The text ${path} can’t be read.`,
				next: [said`Check the path`, said`Check that this user may read it`],
				detail: String(error),
			},
			{ cause: error },
		);
	}
	if (file.length === 0) throw unfit(path, 'text-empty', 'is empty', ['Choose another text']);
	const crlfLines = checkText(path, file);
	return {
		path,
		bytes: file.at(-1) === newline ? file.subarray(0, -1) : file,
		sha256: createHash('sha256').update(file).digest('hex'),
		crlfLines,
	};
}
