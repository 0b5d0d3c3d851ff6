import { Failure } from '../../../models/contract/failure.ts';
import { type Said, said } from '../../../models/contract/said.ts';
import type { TextEncoding } from '../../contract/text-encoding.ts';
import { encodingByMark } from '../../text/byte-order-mark.ts';

/** First bytes of files that people drop by mistake, with a name for each type. */
const signatures: readonly (readonly [bytes: string, words: Said, next: Said])[] = [
	['GGUF', said`a language model`, said`Add it under Models`],
	['\x89PNG', said`a PNG image`, said`Paste the text of the image: models here read text only`],
	['\xff\xd8\xff', said`a JPEG image`, said`Paste the text of the image: models here read text only`],
	['GIF8', said`a GIF image`, said`Paste the text of the image: models here read text only`],
	['PK\x03\x04', said`a ZIP archive or an Office document`, said`Save it as text, CSV or PDF, then attach that`],
	['\xd0\xcf\x11\xe0', said`an old Office document`, said`Save it as text, CSV or PDF, then attach that`],
	['\x1f\x8b', said`a compressed file`, said`Unpack it, then attach the text in it`],
	['SQLite format 3', said`a database`, said`Export a table as CSV, then attach that`],
	['\x7fELF', said`a program`, said`Attach its source`],
];

/** Share of control characters above which a file without NUL cannot be text in an older encoding. */
const mostControls = 0.002;

/**
 * Decodes a file as UTF-8 or UTF-16. Any bytes are text in Windows-1252, right or wrong, so a text that is in neither
 * is read as that only if `wanted` says so. Throws Failure `attachment-not-text`, `text-encoding-unknown`.
 */
export function decodeText(name: string, bytes: Uint8Array, wanted?: TextEncoding): string {
	const decoded = decodeBytes(bytes, wanted);
	if (typeof decoded === 'string') return decoded;
	throw decoded.problem === 'not-text' ? notText(name, bytes) : encodingUnknown(name);
}

/** The same without a failure: what is no text, or in an encoding that can't be told, is a problem. */
export function decodeBytes(
	bytes: Uint8Array,
	wanted?: TextEncoding,
): string | { readonly problem: 'not-text' | 'encoding-unknown' } {
	if (wanted !== undefined) {
		if (!wanted.startsWith('utf-16') && bytes.subarray(0, 4_096).includes(0)) return { problem: 'not-text' };
		return new TextDecoder(wanted).decode(bytes);
	}
	const encoding = encodingByMark(bytes) ?? (bytes.subarray(0, 4_096).includes(0) ? utf16WithoutMark(bytes) : 'utf-8');
	if (encoding === null) return { problem: 'not-text' };
	try {
		return new TextDecoder(encoding, { fatal: true }).decode(bytes);
	} catch {
		const isText = encoding === 'utf-8' && controlShare(bytes) <= mostControls;
		return { problem: isText ? 'encoding-unknown' : 'not-text' };
	}
}

/** What a file is by its first bytes; null: nothing that is known. */
export function fileTypeWords(bytes: Uint8Array): Said | null {
	return signatureOf(bytes)?.[1] ?? null;
}

function signatureOf(bytes: Uint8Array): (typeof signatures)[number] | undefined {
	const start = Buffer.from(bytes.subarray(0, 16)).toString('latin1');
	return signatures.find(([signature]) => start.startsWith(signature));
}

function encodingUnknown(name: string): Failure {
	return new Failure({
		code: 'text-encoding-unknown',
		message: said`The file ${name} is not in UTF-8; it was probably saved in an older encoding, such as Windows-1252 (Latin-1).`,
		next: [
			said`Read it as Windows-1252, the usual encoding of older Western European texts (--attach-encoding windows-1252)`,
			said`Save it as UTF-8, then attach that`,
		],
	});
}

/** UTF-16 of mostly Latin text has a NUL in every pair, always on the same side. */
function utf16WithoutMark(bytes: Uint8Array): TextEncoding | null {
	const sample = bytes.subarray(0, 4_096);
	let even = 0;
	let odd = 0;
	for (const [index, byte] of sample.entries()) {
		if (byte !== 0) continue;
		if (index % 2 === 0) even += 1;
		else odd += 1;
	}
	const pairs = sample.length / 2;
	if (even === 0 && odd > pairs * 0.6) return 'utf-16le';
	return odd === 0 && even > pairs * 0.6 ? 'utf-16be' : null;
}

function controlShare(bytes: Uint8Array): number {
	let controls = 0;
	for (const byte of bytes) {
		if ((byte < 32 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13 && byte !== 27) || byte === 127)
			controls += 1;
	}
	return controls / Math.max(1, bytes.length);
}

function notText(name: string, bytes: Uint8Array): Failure {
	const [, words, next] = signatureOf(bytes) ?? [];
	return new Failure({
		code: 'attachment-not-text',
		message: said`The file ${name} is ${words ?? said`not a text file`}, and only text can be attached: code, Markdown, CSV, PDF.`,
		next: [next ?? said`Save it as text or PDF, then attach that`],
	});
}
