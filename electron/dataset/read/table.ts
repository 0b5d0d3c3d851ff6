import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { Failure } from '../../../models/contract/failure.ts';
import { figure, said } from '../../../models/contract/said.ts';
import type { Chunk } from './open-text.ts';
import { maxColumns, maxRowBytes, type RowBatch, type RowRecord, rowsInBatch, type SourceRow } from './rows.ts';

export interface TableShape {
	readonly delimiter: string;
	readonly head: boolean;
	readonly quotes: 'standard' | 'literal';
}

/** Cell delimiters, the most likely first. */
const delimiters = [',', '\t', ';', '|'];

/** Records examined at the beginning. */
const lookedAt = 60;

/**
 * Detects the delimiter: the one with the same count in most records, outside quotation marks. Such a mark opens a cell
 * only where one begins: `5" pipe` holds an ordinary character.
 */
export function detectDelimiter(head: string): string {
	let best = { delimiter: ',', score: 0 };
	for (const delimiter of delimiters) {
		const counts = new Map<number, number>();
		let seen = 0;
		let cells = 1;
		let quoted = false;
		let opens = true;
		for (let at = 0; at < head.length && seen < lookedAt; at += 1) {
			const character = head[at]!;
			if (character === '"' && (quoted || opens)) {
				quoted = !quoted;
				// Two in a row are one that belongs to the text.
				opens = true;
				continue;
			}
			if (quoted) continue;
			opens = character === '\n' || delimiters.includes(character);
			if (character === delimiter) cells += 1;
			else if (character === '\n') {
				counts.set(cells, (counts.get(cells) ?? 0) + 1);
				seen += 1;
				cells = 1;
			}
		}
		if (seen === 0) counts.set(cells, 1);
		const [usual, times] = [...counts].sort((one, other) => other[1] - one[1])[0] ?? [1, 0];
		const score = usual === 1 ? 0 : (times / Math.max(1, seen)) * (1 + Math.min(usual, 20) / 100);
		if (score > best.score) best = { delimiter, score };
	}
	return best.delimiter;
}

/** Returns true if the first row is a header: short, distinct names, no numbers, and unlike the rows below. */
export function detectHead(rows: readonly (readonly string[])[]): boolean {
	const [first, ...others] = rows;
	if (first === undefined) return true;
	const names = first.map((cell) => cell.trim().toLowerCase());
	const filled = names.filter((name) => name !== '');
	if (new Set(filled).size !== filled.length || filled.length < names.length / 2) return false;
	if (filled.some((name) => name.length > 80 || /^-?[\d.,]+%?$/.test(name))) return false;
	// One letter per cell, as below: these are answers.
	return others.length === 0 || !others.every((row) => row.at(-1)?.trim().toLowerCase() === names.at(-1));
}

/** Yields the cells of a text, record by record. Throws Failure `table-unreadable`. */
export async function* cellsOf(
	chunks: AsyncIterable<Chunk>,
	{ delimiter, quotes }: Pick<TableShape, 'delimiter' | 'quotes'>,
	name: string,
): AsyncGenerator<{ readonly cells: readonly (readonly string[])[]; readonly bytesRead: number }> {
	let bytesRead = 0;
	const width = new WidthGuard(delimiter, quotes);
	async function* buffers(): AsyncGenerator<Buffer> {
		for await (const part of chunks) {
			bytesRead = part.bytesRead;
			const row = width.push(part.chunk);
			if (row !== null) throw wide(name, row, `more than ${mostCells.toLocaleString('en')}`);
			yield part.chunk;
		}
	}
	const source = Readable.from(buffers(), { objectMode: false });
	const parser = parse({
		delimiter,
		bom: true,
		relax_column_count: true,
		relax_quotes: true,
		skip_empty_lines: true,
		quote: quotes === 'standard' ? '"' : null,
		max_record_size: maxRowBytes,
	});
	source.on('error', (error) => parser.destroy(error));
	source.pipe(parser);
	let cells: (readonly string[])[] = [];
	try {
		for await (const record of parser as AsyncIterable<string[]>) {
			cells.push(record);
			if (cells.length < rowsInBatch) continue;
			yield { cells, bytesRead };
			cells = [];
		}
	} catch (error) {
		throw error instanceof CsvError ? unreadable(error, name, parser.info.records + 1) : error;
	} finally {
		source.destroy();
	}
	yield { cells, bytesRead };
}

/** Cells of a row from which on it is not even split: the parser needs a minute for some millions. */
const mostCells = 200_000;

/** Counts the cells of the row at hand, before the parser holds them. */
class WidthGuard {
	readonly #delimiter: number;
	readonly #quote: number;
	#quoted = false;
	/** A cell begins here, or a quotation mark just ended: elsewhere the parser takes one as an ordinary character. */
	#opens = true;
	/** The byte that ends a row; null: none has ended. */
	#end: number | null = null;
	#previous = 0;
	#row = 1;
	#cells = 0;

	constructor(delimiter: string, quotes: 'standard' | 'literal') {
		this.#delimiter = Buffer.from(delimiter)[0] ?? 0x2c;
		this.#quote = quotes === 'standard' ? 0x22 : -1;
	}

	/** Returns the number of a row with too many cells; null: none yet. */
	push(chunk: Buffer): number | null {
		for (let at = 0; at < chunk.length; at += 1) {
			const byte = chunk[at]!;
			if (byte === this.#quote && (this.#quoted || this.#opens)) {
				this.#quoted = !this.#quoted;
				// Two in a row are one that belongs to the text.
				this.#opens = true;
				continue;
			}
			if (this.#quoted) continue;
			const ends = this.#endsRow(byte);
			// The line feed of a first CR LF comes after the row has ended.
			this.#opens = ends || byte === this.#delimiter || (this.#opens && byte === 0x0a);
			if (ends) {
				this.#row += 1;
				this.#cells = 0;
			} else if (byte === this.#delimiter) {
				this.#cells += 1;
				if (this.#cells > mostCells) return this.#row;
			}
		}
		return null;
	}

	/** Like the parser, goes by the first line end: a line feed, both, or the carriage return of old programs. */
	#endsRow(byte: number): boolean {
		const previous = this.#previous;
		this.#previous = byte;
		if (byte !== 0x0a && byte !== 0x0d) return false;
		if (this.#row === 2 && byte === 0x0a && previous === 0x0d && this.#end === 0x0d) {
			this.#end = 0x0a;
			return false;
		}
		this.#end ??= byte;
		return byte === this.#end;
	}
}

/** Returns unique names for the cells of a row: from the header, or generated where it is empty. */
export function columnNames(head: readonly string[] | null, width: number): string[] {
	const names = new Set<string>();
	for (let at = 0; at < Math.max(width, head?.length ?? 0); at += 1) {
		const title = (head?.[at] ?? '').trim().slice(0, 200);
		const name = title === '' ? `column ${at + 1}` : title;
		let unique = name;
		for (let number = 2; names.has(unique); number += 1) unique = `${name} ${number}`;
		names.add(unique);
	}
	return [...names];
}

/** Yields the rows of a table, keyed by column name. */
export async function* tableRows(
	chunks: AsyncIterable<Chunk>,
	shape: TableShape,
	name: string,
): AsyncGenerator<RowBatch> {
	let names: string[] | null = null;
	let row = 0;
	for await (const { cells, bytesRead } of cellsOf(chunks, shape, name)) {
		const rows: SourceRow[] = [];
		for (const record of cells) {
			if (record.length > maxColumns) {
				throw wide(name, row + (names === null ? 1 : shape.head ? 2 : 1), record.length.toLocaleString('en'));
			}
			if (names === null) {
				names = columnNames(shape.head ? record : null, record.length);
				if (shape.head) continue;
			}
			if (record.length > names.length) names = columnNames(names, record.length);
			row += 1;
			rows.push({ row, record: recordOf(names, record) });
		}
		yield { rows, bytesRead };
	}
}

function recordOf(names: readonly string[], cells: readonly string[]): RowRecord {
	const record = Object.create(null) as Record<string, unknown>;
	for (const [index, cell] of cells.entries()) record[names[index] ?? ''] = cell;
	return record;
}

/** `row` counts the header. */
function wide(name: string, row: number, cells: string): Failure {
	return new Failure({
		code: 'table-unreadable',
		message: said`Row ${row} of ${name} has ${cells} columns; ${figure(maxColumns)} can be read.`,
		next: [said`Check the delimiter`, said`Or remove columns you don’t need`],
	});
}

/** `row` counts the header. */
function unreadable(error: CsvError, name: string, row: number): Failure {
	const literal = 'Or import with quotation marks as ordinary characters (--quotes literal)';
	if (error.code === 'CSV_QUOTE_NOT_CLOSED') {
		return new Failure(
			{
				code: 'table-unreadable',
				message: said`A quotation mark in row ${row} of ${name} is never closed.`,
				next: [said`Close or double that quotation mark`, literal],
			},
			{ cause: error },
		);
	}
	if (error.code === 'CSV_MAX_RECORD_SIZE') {
		return new Failure(
			{
				code: 'table-unreadable',
				message: said`Row ${row} of ${name} is larger than ${maxRowBytes / 1024 / 1024} MB, or a quotation mark in it is never closed.`,
				next: [said`Remove that row from the file`, literal],
			},
			{ cause: error },
		);
	}
	return new Failure(
		{
			code: 'table-unreadable',
			message: said`${name} can’t be read as a table at row ${row}: ${error.message}`,
			next: [said`Check the file at that row`, literal],
		},
		{ cause: error },
	);
}
