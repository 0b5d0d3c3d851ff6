import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import type { TableOptions } from '../../contract/dataset/schema.ts';
import type { SourceFile } from '../../conversation/import-export/find-files.ts';
import { type FilePiece, readPieces } from '../../parsing/unpack.ts';
import { encodingByMark } from '../../text/byte-order-mark.ts';

export type Encoding = NonNullable<TableOptions['encoding']>;

/** A piece of a file in UTF-8, and the number of bytes read so far. */
export type Chunk = FilePiece;

/** A text whose beginning has been read. */
export interface OpenedText {
	/** The first part, without a byte order mark. */
	readonly head: Buffer;
	/** true: the head is the whole text. */
	readonly whole: boolean;
	readonly encoding: Encoding;
	/** From the beginning, including the head. Can be read once. */
	readonly chunks: AsyncGenerator<Chunk>;
}

/** Opens a file, unpacked and in UTF-8. Throws Failure `import-unreadable` if it is not text. */
export async function openText(file: SourceFile, wanted?: Encoding): Promise<OpenedText> {
	const raw = bytesOf(file);
	const first = await raw.next();
	const start = first.done === true ? Buffer.alloc(0) : first.value.chunk;
	const second = await raw.next();
	const encoding = wanted ?? detectEncoding(start);
	assertText(start, encoding, file.name);
	async function* all(): AsyncGenerator<Chunk> {
		if (first.done !== true) yield first.value;
		if (second.done !== true) yield second.value;
		yield* raw;
	}
	const decoded = decode(all(), encoding);
	const head = await decoded.next();
	async function* chunks(): AsyncGenerator<Chunk> {
		if (head.done !== true) yield head.value;
		yield* decoded;
	}
	return {
		head: head.done === true ? Buffer.alloc(0) : head.value.chunk,
		whole: second.done === true,
		encoding,
		chunks: chunks(),
	};
}

function bytesOf({ path, name, entry, sizeBytes }: SourceFile): AsyncGenerator<Chunk> {
	const gzip = entry === null && path.toLowerCase().endsWith('.gz');
	const packed = entry?.compressed === true ? 'deflate' : gzip ? 'gzip' : null;
	return readPieces({ path, name, range: entry === null ? null : { start: entry.start, length: sizeBytes }, packed });
}

/** Invalid UTF-8 becomes U+FFFD, as does a character cut off at the end. */
async function* decode(chunks: AsyncIterable<Chunk>, encoding: Encoding): AsyncGenerator<Chunk> {
	const decoder = new TextDecoder(encoding);
	let bytesRead = 0;
	for await (const part of chunks) {
		bytesRead = part.bytesRead;
		yield { chunk: Buffer.from(decoder.decode(part.chunk, { stream: true })), bytesRead };
	}
	const rest = decoder.decode();
	if (rest !== '') yield { chunk: Buffer.from(rest), bytesRead };
}

/**
 * Detects the encoding: by its byte order mark; else UTF-16 by zeros next to Latin letters; else UTF-8, unless more of
 * the head's non-ASCII is invalid than valid, as in files from Excel in Western Europe.
 */
export function detectEncoding(head: Buffer): Encoding {
	const marked = encodingByMark(head);
	// UTF-8's mark proves less: some programs write it before bytes that are none.
	if (marked !== null && marked !== 'utf-8') return marked;
	let even = 0;
	let odd = 0;
	const examinedBytes = Math.min(head.length, 4_096);
	for (let at = 0; at < examinedBytes; at += 1) {
		if (head[at] !== 0) continue;
		if (at % 2 === 0) even += 1;
		else odd += 1;
	}
	if (odd > examinedBytes / 5 && even < examinedBytes / 50) return 'utf-16le';
	if (even > examinedBytes / 5 && odd < examinedBytes / 50) return 'utf-16be';
	const text = new TextDecoder('utf-8').decode(head, { stream: true });
	let wrong = 0;
	let right = 0;
	for (const character of text) {
		if (character === '\uFFFD') wrong += 1;
		else if (character > '\u007F') right += 1;
	}
	return wrong > right ? 'windows-1252' : 'utf-8';
}

function assertText(head: Buffer, encoding: Encoding, name: string): void {
	if (encoding.startsWith('utf-16') || !head.subarray(0, 4_096).includes(0)) return;
	const parquet = head.subarray(0, 4).toString('latin1') === 'PAR1';
	throw new Failure({
		code: 'import-unreadable',
		message: parquet ? said`${name} is a Parquet file, which Assay can’t read.` : said`${name} isn’t a text file.`,
		next: [said`Choose the dataset as CSV, JSON or JSONL`],
	});
}
