import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Mapping, TableOptions } from '../../contract/dataset/import.ts';
import type { SourceFile } from '../../conversation/exchange/read/find-files.ts';
import type { Format } from '../format/incoming.ts';
import { recognise } from '../format/recognise.ts';
import { type OpenedRows, openRows } from '../read/open-rows.ts';
import type { RowBatch, RowRecord } from '../read/rows.ts';

/** A file whose form is known. */
export interface OpenedSource extends Omit<OpenedRows, 'batches'> {
	readonly format: Format;
	readonly columns: readonly string[];
	/** The first rows that could be read. */
	readonly head: readonly RowRecord[];
	/** From the beginning, the head included. To be read once. */
	readonly batches: AsyncGenerator<RowBatch>;
}

/** Rows that a form is told by. */
const headRows = 100;

/** Opens a file and finds out how its rows are to be read. Throws Failure `import-unreadable`, `table-unreadable`. */
export async function openSource(
	file: SourceFile,
	mapping: Mapping | null,
	table: TableOptions | null,
): Promise<OpenedSource> {
	const { batches, ...opened } = await openRows(file, table ?? {});
	const read: RowBatch[] = [];
	const head: RowRecord[] = [];
	while (head.length < headRows) {
		const next = await batches.next();
		if (next.done === true) break;
		read.push(next.value);
		for (const row of next.value.rows) if ('record' in row && head.length < headRows) head.push(row.record);
	}
	const columns = columnsOf(head);
	const facts = { name: file.name, container: opened.container, field: opened.field, head, columns };
	const format = recognise(facts, { labels: await labelsBeside(file, columns) }, mapping);
	async function* all(): AsyncGenerator<RowBatch> {
		yield* read;
		yield* batches;
	}
	return { ...opened, format, columns, head, batches: all() };
}

/** Every field of the first rows, in the order of its first appearance. */
function columnsOf(head: readonly RowRecord[]): string[] {
	return [...new Set(head.flatMap((record) => Object.keys(record)))];
}

/** PIQA keeps the right answers in a file beside the questions: valid.jsonl and valid-labels.lst. */
async function labelsBeside(file: SourceFile, columns: readonly string[]): Promise<readonly number[] | null> {
	if (!columns.includes('sol1') || columns.includes('label')) return null;
	const stem = (file.name.split('/').at(-1) ?? '').replace(/\.[a-z]+(?:\.gz)?$/i, '');
	try {
		const text = await readFile(join(dirname(file.path), `${stem}-labels.lst`), 'utf8');
		return text.trim().split(/\s+/).map(Number);
	} catch {
		return null;
	}
}
