import { statSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { Failure } from '../../../models/contract/failure.ts';
import { said, type Words } from '../../../models/contract/said.ts';
import type { TableOptions } from '../../contract/dataset/schema.ts';
import type { SourceFile } from '../../conversation/import-export/find-files.ts';
import { parseYaml } from '../../text/yaml.ts';
import { arrayRows, ListFinder, lineRows, maxDocumentBytes, parseJson, rowFields, wholeText } from './json.ts';
import { type Chunk, type Encoding, openText } from './open-text.ts';
import { type RowBatch, type RowRecord, recordOf, rowOfValue } from './rows.ts';
import { cellsOf, detectDelimiter, detectHead, type TableShape, tableRows } from './table.ts';

/** A source of rows in any file format. */
export interface OpenedRows {
	readonly container: 'table' | 'jsonl' | 'json' | 'yaml';
	readonly encoding: Encoding;
	readonly table: TableShape | null;
	/** Field of the outermost object that holds the rows; null: the list, or the file, is the rows. */
	readonly field: string | null;
	/** The other fields of a document that was parsed as a whole. */
	readonly document: RowRecord | null;
	/** Can be read once. */
	readonly batches: AsyncGenerator<RowBatch>;
}

/** Opens a file as rows. Throws Failure `import-unreadable`, `table-unreadable`. */
export async function openRows(file: SourceFile, options: TableOptions = {}): Promise<OpenedRows> {
	const { head, whole, encoding, chunks } = await openText(file, options.encoding);
	const beginning = head.subarray(0, 64 * 1024).toString('utf8');
	const extension = /\.([a-z0-9]+)(?:\.gz)?$/i.exec(file.name)?.[1]?.toLowerCase() ?? '';
	const rest = { encoding, table: null, field: null, document: null };
	if (whole && beginning.trim() === '') throw empty(file.name);
	const first = beginning.trimStart()[0] ?? '';
	if (extension === 'jsonl' || extension === 'ndjson')
		return { ...rest, container: 'jsonl', batches: lineRows(chunks) };
	if (extension === 'yaml' || extension === 'yml') return openDocument(chunks, file, 'yaml', encoding);
	const table = extension === 'csv' || extension === 'tsv' || extension === 'tab';
	if (!table && first === '{' && isLines(beginning, whole)) {
		return { ...rest, container: 'jsonl', batches: lineRows(chunks) };
	}
	if (!table && first === '[') return { ...rest, container: 'json', batches: arrayRows(chunks) };
	if (!table && (first === '{' || extension === 'json')) return openDocument(chunks, file, 'json', encoding);
	const delimiter = options.delimiter ?? detectDelimiter(beginning);
	const quotes = options.quotes ?? 'standard';
	const shape = { delimiter, quotes, head: options.head ?? (await looksHeaded(beginning, delimiter, quotes)) };
	return { ...rest, container: 'table', table: shape, batches: tableRows(chunks, shape, file.name) };
}

/** Several objects, one per line; for a single one it makes no difference. */
function isLines(beginning: string, whole: boolean): boolean {
	const [line = '', ...others] = beginning.trimStart().split('\n');
	if (others.length === 0 && !whole) return false;
	const next = others.find((each) => each.trim() !== '');
	if (next === undefined ? !whole : !next.trimStart().startsWith('{')) return false;
	try {
		return next !== undefined && typeof parseJson(line) === 'object';
	} catch {
		return false;
	}
}

async function looksHeaded(beginning: string, delimiter: string, quotes: 'standard' | 'literal'): Promise<boolean> {
	const rows: (readonly string[])[] = [];
	async function* once(): AsyncGenerator<Chunk> {
		yield { chunk: Buffer.from(beginning), bytesRead: 0 };
	}
	try {
		for await (const { cells } of cellsOf(once(), { delimiter, quotes }, '')) rows.push(...cells);
	} catch {
		// The beginning may end within a cell; the rows before it are enough.
	}
	return rows.length === 0 || detectHead(rows.slice(0, 20));
}

async function openDocument(
	chunks: AsyncGenerator<Chunk>,
	file: SourceFile,
	container: 'json' | 'yaml',
	encoding: Encoding,
): Promise<OpenedRows> {
	const rest = { container, encoding, table: null };
	const most = maxDocumentBytes[container];
	const held: Chunk[] = [];
	let size = 0;
	const finder = new ListFinder();
	for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
		const found = container === 'json' ? finder.push(next.value.chunk) : null;
		if (found !== null) {
			const from = { ...next.value, chunk: next.value.chunk.subarray(found.at) };
			return { ...rest, field: found.field, document: null, batches: arrayRows(after(from, chunks)) };
		}
		held.push(next.value);
		size += next.value.chunk.length;
		if (size > most) throw tooLargeDocument(file.name, container, most);
	}
	const text = await wholeText(after(null, fromList(held)), most);
	if (text === null) throw tooLargeDocument(file.name, container, most);
	let value: unknown;
	try {
		value = container === 'yaml' ? yamlValues(text.text) : parseJson(text.text);
	} catch (error) {
		throw unreadable(file.name, error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
	}
	const { rows, field, document } = rowsOfDocument(value);
	const reference = field === null ? referenceIn(document, file) : null;
	if (reference !== null) return openRows(reference);
	async function* batches(): AsyncGenerator<RowBatch> {
		yield {
			rows: rows.map((each, index) => rowOfValue(each, index + 1)),
			bytesRead: text?.bytesRead ?? 0,
		};
	}
	return { ...rest, field, document, batches: batches() };
}

/** Throws an error that names the place of the first fault. */
function yamlValues(text: string): unknown {
	const { fault, position, keepDigits, values } = parseYaml(text);
	if (fault === null) {
		keepDigits();
		return values();
	}
	const { line, column } = position(fault.offset);
	throw new Error(`${fault.message} at line ${line}, column ${column}`);
}

/** A promptfoo configuration may name the file of its tests; only one in the same folder, or below it, is read. */
function referenceIn(document: RowRecord | null, { path, entry }: SourceFile): SourceFile | null {
	const tests = document?.tests;
	if (typeof tests !== 'string' || entry !== null) return null;
	const folder = dirname(path);
	const target = resolve(folder, tests.replace(/^file:\/\//, ''));
	const name = relative(folder, target).split(sep).join('/');
	if (name.startsWith('..') || isAbsolute(name)) return null;
	const facts = statSync(target, { throwIfNoEntry: false });
	return facts?.isFile() === true ? { path: target, name, sizeBytes: facts.size, entry: null } : null;
}

async function* after(first: Chunk | null, others: AsyncIterable<Chunk>): AsyncGenerator<Chunk> {
	if (first !== null) yield first;
	yield* others;
}

async function* fromList(chunks: readonly Chunk[]): AsyncGenerator<Chunk> {
	yield* chunks;
}

function empty(name: string): Failure {
	return new Failure({
		code: 'import-unreadable',
		message: said`${name} is empty.`,
		next: [said`Choose a file with samples`],
	});
}

function tooLargeDocument(name: string, container: 'json' | 'yaml', most: number): Failure {
	const size = `${most / 1024 / 1024} MB`;
	if (container === 'json')
		return unreadable(name, said`it is a single value of more than ${size}, not a list of rows`);
	return new Failure({
		code: 'import-unreadable',
		message: said`${name} can’t be read: YAML files are limited to ${size}.`,
		next: [said`Convert it to JSON Lines or CSV, which have no size limit`],
	});
}

function unreadable(name: string, why: Words): Failure {
	return new Failure({
		code: 'import-unreadable',
		message: said`${name} can’t be read: ${why}.`,
		next: [said`Choose CSV, TSV, JSON, JSONL or YAML`, said`Check that the file is complete`],
	});
}

/** Returns the rows of a parsed document: the list it is, a list in it, or the document itself. */
function rowsOfDocument(value: unknown): {
	readonly rows: readonly unknown[];
	readonly field: string | null;
	readonly document: RowRecord | null;
} {
	if (Array.isArray(value)) return { rows: value, field: null, document: null };
	if (typeof value !== 'object' || value === null) return { rows: [value], field: null, document: null };
	const document = recordOf(value);
	for (const field of [...rowFields, 'results']) {
		const list = document[field];
		if (Array.isArray(list) && list.length > 0) return { rows: list, field, document };
	}
	// Output of promptfoo since version 2: {results: {results: […]}}.
	const results = document.results;
	if (typeof results === 'object' && results !== null && 'results' in results && Array.isArray(results.results)) {
		return { rows: results.results, field: 'results', document };
	}
	return { rows: [document], field: null, document };
}
