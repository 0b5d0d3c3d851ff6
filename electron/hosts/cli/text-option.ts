import { open, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { text as readAll } from 'node:stream/consumers';
import { Failure } from '../../../models/contract/failure.ts';
import { unreadableReason } from '../../../models/unreadable-reason.ts';
import { encodingByMark } from '../../text/byte-order-mark.ts';
import { UsageError } from './exit-codes.ts';

/** Longest text, that of a prompt, bytes: the contract's limit, in UTF-8. */
const mostBytes = 4_000_000;

/** Reads a text given directly or as a file; `-` is standard input. undefined if neither was given. */
export async function textOption(
	stdin: Readable,
	name: string,
	words: string | undefined,
	file: string | undefined,
): Promise<string | undefined> {
	if (words !== undefined && file !== undefined) throw new UsageError(`give --${name} or --${name}-file, not both`);
	if (file === undefined) return words;
	const text = file === '-' ? await readAll(stdin) : await readFile(file);
	// Editors end a file with a line break that is not part of the prompt.
	return text.replace(/\r\n/g, '\n').replace(/\n$/, '');
}

async function readFile(path: string): Promise<string> {
	try {
		// A device or a pipe may never end, and even to open a pipe may take for ever.
		if (!(await stat(path)).isFile()) throw unreadable(path, 'it is not a file');
		const file = await open(path);
		try {
			const facts = await file.stat();
			if (facts.size > mostBytes) throw unreadable(path, `it is larger than ${mostBytes / 1e6} MB`);
			const bytes = await file.readFile();
			return new TextDecoder(encodingByMark(bytes) ?? 'utf-8', { fatal: true }).decode(bytes);
		} finally {
			await file.close();
		}
	} catch (error) {
		if (error instanceof Failure) throw error;
		if (error instanceof TypeError) {
			throw unreadable(path, 'it is not in UTF-8, but probably in an older encoding', 'Save it as UTF-8');
		}
		throw unreadable(path, String(unreadableReason(error)));
	}
}

function unreadable(path: string, reason: string, next = 'Give the path of a text file'): Failure {
	return new Failure({
		code: 'prompt-file-unreadable',
		message: `${path} can’t be read: ${reason}.`,
		next: [next],
	});
}
