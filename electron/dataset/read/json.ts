import { JsonSplitter } from '../../conversation/import-export/json-splitter.ts';
import { parseJsonKeeping } from '../../text/json-numbers.ts';
import type { Chunk } from './open-text.ts';
import { maxRowBytes, type RowBatch, rowOfValue, type SourceRow, tooLarge, whyNotParse } from './rows.ts';

/** Document fields that may hold the rows. */
export const rowFields = ['examples', 'samples', 'tests', 'data', 'rows', 'questions', 'instances', 'items', 'records'];

/**
 * Largest document, in bytes, that is parsed as a whole because it is not a list of rows; YAML takes 70 bytes of memory
 * per byte.
 */
export const maxDocumentBytes = { json: 64 * 1024 * 1024, yaml: 8 * 1024 * 1024 };

/**
 * Parses JSON and Python's extensions of it: NaN and Infinity become null. A number that a float can't hold, such as a
 * 64-bit id, becomes the text of its digits. Throws SyntaxError.
 */
export function parseJson(text: string): unknown {
	try {
		return parseJsonKeeping(text, digitsOf);
	} catch (error) {
		if (!/\b(?:NaN|Infinity)\b/.test(text)) throw error;
		const plain = text.replaceAll(/"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g, (token) =>
			token.startsWith('"') ? token : 'null',
		);
		return parseJsonKeeping(plain, digitsOf);
	}
}

function digitsOf(value: number, source: string): unknown {
	return /^-?\d+$/.test(source) || !Number.isFinite(value) ? source : value;
}

/** Converts raw text to a row, or gives the reason why it is none. */
export function rowOf(raw: Buffer | null, row: number): SourceRow {
	if (raw === null) return { row, problem: tooLarge };
	// Text this short cannot nest too deeply.
	const problem = raw.length > 10_000 ? whyNotParse(raw) : null;
	if (problem !== null) return { row, problem };
	try {
		return rowOfValue(parseJson(raw.toString('utf8')), row);
	} catch (error) {
		return {
			row,
			problem: `it isn’t valid JSON (${error instanceof Error ? error.message.slice(0, 120) : String(error)})`,
		};
	}
}

/** Yields rows of JSON Lines, skipping blank lines. */
export async function* lineRows(chunks: AsyncIterable<Chunk>): AsyncGenerator<RowBatch> {
	let pending: Buffer[] = [];
	let size = 0;
	let row = 0;
	let bytesRead = 0;
	function take(last: Buffer, rows: SourceRow[]): void {
		size += last.length;
		const line = size > maxRowBytes ? null : Buffer.concat([...pending, last]);
		pending = [];
		size = 0;
		if (line !== null && !line.some((byte) => byte > 0x20)) return;
		row += 1;
		rows.push(rowOf(line, row));
	}
	for await (const part of chunks) {
		bytesRead = part.bytesRead;
		const rows: SourceRow[] = [];
		let from = 0;
		for (let end = part.chunk.indexOf(10); end !== -1; end = part.chunk.indexOf(10, from)) {
			take(part.chunk.subarray(from, end), rows);
			from = end + 1;
		}
		const rest = part.chunk.subarray(from);
		size += rest.length;
		if (size > maxRowBytes) pending = [];
		else pending.push(rest);
		yield { rows, bytesRead };
	}
	const rows: SourceRow[] = [];
	if (size > 0) take(Buffer.alloc(0), rows);
	yield { rows, bytesRead };
}

/** Yields rows of a JSON array; the stream must begin with its opening bracket. */
export async function* arrayRows(chunks: AsyncIterable<Chunk>): AsyncGenerator<RowBatch> {
	const splitter = new JsonSplitter(maxRowBytes);
	let row = 0;
	let bytesRead = 0;
	let opened = false;
	const rowsOf = (values: readonly (Buffer | null)[]): SourceRow[] =>
		values.map((value) => {
			row += 1;
			return rowOf(value, row);
		});
	for await (const part of chunks) {
		bytesRead = part.bytesRead;
		const chunk = opened ? part.chunk : part.chunk.subarray(part.chunk.indexOf(0x5b) + 1);
		opened = true;
		yield { rows: rowsOf(splitter.push(chunk)), bytesRead };
		if (splitter.ended) return;
	}
	const rest = rowsOf(splitter.finish());
	yield { rows: [...rest, { row: row + 1, problem: 'the list is incomplete' }], bytesRead };
}

/**
 * Finds the list of rows in a document without parsing it: a field of the outermost object that is named in `rowFields`
 * and holds a list. `before` contains the texts of the preceding fields.
 */
export class ListFinder {
	#depth = 0;
	#inString = false;
	#escaped = false;
	/** The string being read, if it may be a field name. */
	#name: number[] | null = null;
	#lastName: string | null = null;
	#expectValue = false;

	/** Returns the field whose list opens in this chunk and the position of its bracket; null: not in this chunk. */
	push(chunk: Buffer): { readonly field: string; readonly at: number } | null {
		for (let at = 0; at < chunk.length; at += 1) {
			const byte = chunk[at]!;
			if (this.#inString) {
				if (this.#escaped) this.#escaped = false;
				else if (byte === 0x5c) this.#escaped = true;
				else if (byte === 0x22) {
					this.#inString = false;
					if (this.#name !== null) this.#lastName = Buffer.from(this.#name).toString('utf8');
					this.#name = null;
					continue;
				}
				if (this.#name !== null && this.#name.length < 64) this.#name.push(byte);
				continue;
			}
			if (byte <= 0x20) continue;
			if (byte === 0x22) {
				this.#inString = true;
				this.#name = this.#depth === 1 && !this.#expectValue ? [] : null;
				if (this.#expectValue) this.#expectValue = false;
				continue;
			}
			if (byte === 0x3a && this.#depth === 1) {
				this.#expectValue = true;
				continue;
			}
			if (byte === 0x5b && this.#depth === 1 && this.#expectValue && rowFields.includes(this.#lastName ?? '')) {
				return { field: this.#lastName ?? '', at };
			}
			this.#expectValue = false;
			if (byte === 0x5b || byte === 0x7b) this.#depth += 1;
			else if (byte === 0x5d || byte === 0x7d) this.#depth -= 1;
		}
		return null;
	}
}

/** Returns the whole text, or null if it is larger than `most` bytes. */
export async function wholeText(
	chunks: AsyncIterable<Chunk>,
	most: number,
): Promise<{ text: string; bytesRead: number } | null> {
	const parts: Buffer[] = [];
	let size = 0;
	let bytesRead = 0;
	for await (const part of chunks) {
		parts.push(part.chunk);
		size += part.chunk.length;
		bytesRead = part.bytesRead;
		if (size > most) return null;
	}
	return { text: Buffer.concat(parts).toString('utf8'), bytesRead };
}
