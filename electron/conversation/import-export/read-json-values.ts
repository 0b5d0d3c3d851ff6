import { type FilePiece, readPieces } from '../../parsing/unpack.ts';
import { encodingByMark } from '../../text/byte-order-mark.ts';
import { maxJsonLevels, nestsTooDeep } from '../../text/json-depth.ts';
import type { SourceFile } from './find-files.ts';
import { JsonSplitter, type RawValue } from './json-splitter.ts';

/** One value of a file, or why it could not be read. */
export type JsonFileValue = { readonly value: unknown } | { readonly problem: string };

export interface JsonFileValues {
	/** `document`: the conversations of Assay's own document. `lines`: one value per line. */
	readonly shape: 'document' | 'values' | 'lines';
	/** The next values, and the number of bytes read so far. */
	readonly batches: AsyncIterable<{ readonly values: readonly JsonFileValue[]; readonly bytesRead: number }>;
}

/** Bytes examined to detect the kind of file. */
const headBytes = 64 * 1024;

/** Largest single conversation: with its parsed form it fits into the memory of a parser process. */
const maxValueBytes = 128 * 1024 * 1024;

/** Matches the beginning of Assay's own documents, also if another program rewrote them with sorted keys. */
const ownHead =
	/^\s*\{\s*(?:"format"\s*:\s*"assay-conversations"\s*,\s*"version"\s*:\s*\d+\s*,\s*)?"conversations"\s*:\s*\[/;

/**
 * Streams the values of a JSON file: the elements of its array, those of `conversations` in Assay's own document, the
 * lines of a JSONL file, or the single value it contains.
 */
export async function readJsonValues(file: SourceFile): Promise<JsonFileValues> {
	const chunks = chunksOf(file);
	const first = await chunks.next();
	const head = first.done === true ? Buffer.alloc(0) : withoutMark(first.value.chunk);
	const beginning = head.subarray(0, headBytes).toString('latin1');
	const firstRead = first.done === true ? 0 : first.value.bytesRead;
	const lines = isLines(beginning);
	const own = ownHead.exec(beginning);
	const array = /^\s*\[/.exec(beginning);
	const skip = own?.[0].length ?? array?.[0].length ?? 0;

	async function* all(): AsyncGenerator<FilePiece> {
		yield { chunk: head.subarray(skip), bytesRead: firstRead };
		yield* chunks;
	}
	if (lines) return { shape: 'lines', batches: lineBatches(all()) };
	return { shape: own === null ? 'values' : 'document', batches: valueBatches(all(), own !== null || array !== null) };
}

function chunksOf({ path, name, entry, sizeBytes }: SourceFile): AsyncGenerator<FilePiece> {
	const range = entry === null ? null : { start: entry.start, length: sizeBytes };
	return inUtf8(readPieces({ path, name, range, packed: entry?.compressed === true ? 'deflate' : null }));
}

/** JSON is UTF-8, but some programs save a text as UTF-16, whose byte order mark says so. */
async function* inUtf8(pieces: AsyncIterable<FilePiece>): AsyncGenerator<FilePiece> {
	let decoder: TextDecoder | null = null;
	let isFirst = true;
	for await (const { chunk, bytesRead } of pieces) {
		if (isFirst) decoder = decoderFor(chunk);
		isFirst = false;
		yield { chunk: decoder === null ? chunk : Buffer.from(decoder.decode(chunk, { stream: true })), bytesRead };
	}
}

function decoderFor(chunk: Buffer): TextDecoder | null {
	const encoding = encodingByMark(chunk);
	return encoding === null || encoding === 'utf-8' ? null : new TextDecoder(encoding);
}

async function* valueBatches(chunks: AsyncIterable<FilePiece>, inArray: boolean) {
	const splitter = new JsonSplitter(maxValueBytes);
	let bytesRead = 0;
	for await (const part of chunks) {
		bytesRead = part.bytesRead;
		yield { values: splitter.push(part.chunk).map(parsed), bytesRead };
		if (splitter.ended) return;
	}
	const rest = splitter.finish().map(parsed);
	const cut = splitter.unfinished
		? 'the file ends in the middle of it'
		: inArray
			? 'the file ends before its end'
			: null;
	yield { values: [...rest, ...(cut === null ? [] : [{ problem: cut }])], bytesRead };
}

async function* lineBatches(chunks: AsyncIterable<FilePiece>) {
	let pending: Buffer[] = [];
	let bytesRead = 0;
	for await (const part of chunks) {
		bytesRead = part.bytesRead;
		const values: JsonFileValue[] = [];
		let from = 0;
		for (let end = part.chunk.indexOf(10); end !== -1; end = part.chunk.indexOf(10, from)) {
			const line = Buffer.concat([...pending, part.chunk.subarray(from, end)]);
			pending = [];
			from = end + 1;
			if (line.some((byte) => byte > 0x20)) values.push(parsed(line));
		}
		pending.push(part.chunk.subarray(from));
		yield { values, bytesRead };
	}
	const last = Buffer.concat(pending);
	if (last.some((byte) => byte > 0x20)) yield { values: [parsed(last)], bytesRead };
}

function parsed(raw: RawValue): JsonFileValue {
	if (raw === null) return { problem: `it is larger than ${maxValueBytes / 1024 / 1024} MB` };
	if (nestsTooDeep(raw)) return { problem: `it is nested more than ${maxJsonLevels.toLocaleString('en')} levels deep` };
	try {
		return { value: JSON.parse(raw.toString('utf8')) as unknown };
	} catch (error) {
		return {
			problem: `it is not valid JSON (${error instanceof Error ? error.message.slice(0, 120) : String(error)})`,
		};
	}
}

/**
 * Detects Jan's messages.jsonl: several objects, one per line. A single object on one line reads the same either way.
 */
function isLines(beginning: string): boolean {
	const [line = ''] = beginning.trimStart().split('\n', 1);
	return line.startsWith('{') && /"object"\s*:\s*"thread\.message"/.test(line);
}

function withoutMark(chunk: Buffer): Buffer {
	return encodingByMark(chunk) === 'utf-8' ? chunk.subarray(3) : chunk;
}
