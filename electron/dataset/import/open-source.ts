import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import type { Mapping, TableOptions } from '../../contract/dataset/schema.ts';
import type { SourceFile } from '../../conversation/import-export/find-files.ts';
import { namesQuestion } from '../formats/column-mapping.ts';
import { readReferences, readWorkedExamples } from '../formats/companion-files.ts';
import type { Format } from '../formats/format.ts';
import { recogniseFormat } from '../formats/recognise-format.ts';
import { readPossibleAnswers } from '../formats/tool-tasks.ts';
import { type OpenedRows, openRows } from '../read/open-rows.ts';
import { maxColumns, type RowBatch, type RowRecord, type SourceRow } from '../read/rows.ts';
import { type CleanSample, cleanSample } from './clean-sample.ts';
import type { ImportProblems } from './import-problems.ts';

/** A file whose format is known. */
export interface OpenedSource extends Omit<OpenedRows, 'batches'> {
	readonly format: Format;
	readonly columns: readonly string[];
	/** The first readable rows. */
	readonly head: readonly RowRecord[];
	/** From the beginning, including the head. Can be read once. */
	readonly batches: AsyncGenerator<RowBatch>;
}

/** Rows used to recognise the format, and bytes of the file read for it if rows are large. */
const headPart = { rows: 100, bytes: 4 * 1024 * 1024 };

/** Opens a file and determines how to read its rows. Throws Failure `import-unreadable`, `table-unreadable`. */
async function openSource(
	file: SourceFile,
	mapping: Mapping | null,
	table: TableOptions | null,
	seen: Map<string, number>,
): Promise<OpenedSource> {
	const { batches, ...opened } = await openRows(file, table ?? {});
	const read: RowBatch[] = [];
	const head: RowRecord[] = [];
	while (head.length < headPart.rows) {
		const next = await batches.next();
		if (next.done === true) break;
		read.push(next.value);
		for (const row of next.value.rows) if ('record' in row && head.length < headPart.rows) head.push(row.record);
		if (head.length > 0 && next.value.bytesRead > headPart.bytes) break;
	}
	const columns = columnsOf(head);
	const facts = { name: file.name, container: opened.container, field: opened.field, head, columns, seen };
	// A list may contain anything; a single object counts as a sample only if it has a question.
	if (opened.document !== null && opened.field === null && !namesQuestion(columns)) throw noRows(file.name, columns);
	if (head.length > 0 && head.every(isTurn)) throw turnsOnly(file.name);
	const companions = {
		labels: await labelsBeside(file, columns),
		references: columns.includes('turns') && file.entry === null ? await readReferences(file.path) : null,
		calls: columns.includes('function') && file.entry === null ? await readPossibleAnswers(file.path) : null,
		worked: opened.field === 'examples' && file.entry === null ? await readWorkedExamples(file.path) : null,
	};
	const format = recogniseFormat(facts, companions, mapping);
	async function* all(): AsyncGenerator<RowBatch> {
		yield* read;
		yield* batches;
	}
	return { ...opened, format, columns, head, batches: all() };
}

/** Returns true for a turn of a conversation with no other fields. */
function isTurn(record: RowRecord): boolean {
	const names = Object.keys(record);
	return names.length === 2 && 'content' in record && ['system', 'user', 'assistant'].includes(String(record.role));
}

function turnsOnly(name: string): Failure {
	return new Failure({
		code: 'import-unreadable',
		message: said`${name} is one prompt or conversation, not a list of samples.`,
		next: [said`Choose a file with samples`, said`Conversations are JSONL with “messages” in each line`],
	});
}

function noRows(name: string, fields: readonly string[]): Failure {
	const what = fields.includes('providers')
		? said`a promptfoo configuration whose tests were not found`
		: fields.includes('eval') && fields.includes('status')
			? said`an Inspect log without samples`
			: said`one object without a list of rows (${fields.slice(0, 8).join(', ').slice(0, 120)})`;
	return new Failure({
		code: 'import-unreadable',
		message: said`${name} is ${what}.`,
		next: [said`Choose a file with samples`],
	});
}

/** Returns the fields of the first rows, in order of first appearance; nobody can map more than so many. */
function columnsOf(head: readonly RowRecord[]): string[] {
	return [...new Set(head.flatMap((record) => Object.keys(record)))].slice(0, maxColumns);
}

/** PIQA keeps the right answers in a separate file: valid.jsonl and valid-labels.lst. */
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

/** A file, and how to read its rows. */
export interface FileOfSamples {
	readonly file: SourceFile;
	readonly source: OpenedSource;
}

/** Any bytes are text in Windows-1252, so a person has to look. */
const guessed =
	'Not UTF-8, so it was read as Windows-1252. If letters such as é and ß are wrong, save it as UTF-8 or choose another encoding (--encoding)';

/** Failures of files that contain no samples, or no readable ones. */
const skippableFailures = ['import-unreadable', 'table-unreadable'];

/**
 * Opens files one after the other. Among several, a file without samples is skipped and reported; if no file has
 * samples, its Failure is thrown.
 */
export async function* openSources(
	files: readonly SourceFile[],
	{ mapping, table }: { readonly mapping: Mapping | null; readonly table: TableOptions | null },
	problems: ImportProblems,
): AsyncGenerator<FileOfSamples> {
	let opened = 0;
	let failure: Failure | null = null;
	// A log of Inspect may be an archive with one file for each sample and epoch.
	const seen = new Map<string, Map<string, number>>();
	for (const file of files) {
		let source: OpenedSource;
		try {
			const seenHere = seen.get(file.path) ?? new Map<string, number>();
			seen.set(file.path, seenHere);
			source = await openSource(file, mapping, table, seenHere);
		} catch (error) {
			if (!(error instanceof Failure) || !skippableFailures.includes(error.code)) throw error;
			failure ??= error;
			problems.passOver(file.name, error.message);
			continue;
		}
		opened += 1;
		if (source.encoding === 'windows-1252' && table?.encoding === undefined) problems.note(file.name, guessed);
		yield { file, source };
	}
	if (opened === 0 && failure !== null) throw failure;
}

/** Yields the samples of a row, made safe to store; reports rows that are no sample or were partly unreadable. */
export function* readRowSamples(
	{ file, source }: FileOfSamples,
	row: SourceRow,
	tags: readonly string[],
	problems: ImportProblems,
): Generator<CleanSample, void> {
	const where = `${file.name}, row ${row.row}`;
	const found = 'problem' in row ? row.problem : source.format.read(row.record, { file: file.name, row: row.row });
	if (typeof found === 'string') return problems.skip(where, found);
	for (const incoming of found) {
		const sample = cleanSample(incoming, tags);
		if (typeof sample === 'string') {
			problems.skip(where, sample);
			continue;
		}
		if (hasReplacement(sample.content)) problems.replaced(where);
		problems.notScored(where, incoming.rules ?? []);
		yield sample;
	}
}

function hasReplacement({ input, target }: CleanSample['content']): boolean {
	const asked = typeof input === 'string' ? input : input.map(({ content }) => content).join('');
	return asked.includes('\uFFFD') || (target ?? '').includes('\uFFFD');
}
