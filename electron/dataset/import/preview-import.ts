import { basename, dirname } from 'node:path';
import { knownTasks } from '../../contract/dataset/known-tasks.ts';
import type { Column, ImportPreview, Mapping, PreviewSample, TableOptions } from '../../contract/dataset/schema.ts';
import { oneLine } from '../../conversation/clean-text.ts';
import { defaultSplit } from '../change/change-samples.ts';
import { asText, isObject } from '../formats/values.ts';
import { findDatasetFiles } from '../read/find-dataset-files.ts';
import { maxColumns, type RowRecord } from '../read/rows.ts';
import type { TaskContext } from '../worker/task-context.ts';
import { ImportProblems } from './import-problems.ts';
import { type OpenedSource, openSources, readRowSamples } from './open-source.ts';

/** Part of the files read for a preview; the rest is estimated. */
const previewedPart = { rows: 20_000, bytes: 16 * 1024 * 1024 };

const previewLimits = {
	rows: 20,
	samples: 10,
	/** Characters of all samples together. */
	characters: 4_000_000,
	cell: 400,
	example: 200,
	examples: 3,
	distinct: 100,
};

/** Previews the beginning of the files at the paths. Throws a Failure if none of them is readable. */
export async function previewImport(
	context: Pick<TaskContext, 'pause' | 'progress'>,
	{
		paths,
		every,
		name,
		mapping,
		table,
	}: {
		readonly paths: readonly string[];
		/** Reads every file of a folder, not only those named like datasets. */
		readonly every: boolean;
		/** Display name of the files; null: derived from their paths. */
		readonly name: string | null;
		readonly mapping: Mapping | null;
		readonly table: TableOptions | null;
	},
): Promise<ImportPreview> {
	const files = await findDatasetFiles(paths, every);
	const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
	const problems = new ImportProblems();
	const samples: PreviewSample[] = [];
	const splits = new Set<string>();
	const parts = new Set<string>();
	let first: OpenedSource | null = null;
	let rows = 0;
	let characters = 0;
	let bytes = 0;
	let whole = true;
	for await (const opened of openSources(files, { mapping, table }, problems)) {
		const { file, source } = opened;
		if (rows >= previewedPart.rows || bytes >= previewedPart.bytes) {
			whole = false;
			break;
		}
		first ??= source;
		let read = 0;
		for await (const batch of source.batches) {
			await context.pause();
			read = batch.bytesRead;
			for (const row of batch.rows) {
				for (const { content, key, split } of readRowSamples(opened, row, [], problems)) {
					rows += 1;
					if (split !== null) splits.add(split);
					const { subject, subtask } = content.metadata;
					parts.add(asText(subject ?? subtask));
					if (samples.length < previewLimits.samples && characters < previewLimits.characters) {
						characters += JSON.stringify(content).length;
						samples.push({ ...content, key: key ?? String(rows), split: split ?? defaultSplit });
					}
				}
			}
			context.progress(bytes + read, sizeBytes);
			if (rows >= previewedPart.rows || bytes + read >= previewedPart.bytes) {
				if (read < file.sizeBytes) whole = false;
				break;
			}
		}
		bytes += read;
	}
	if (first === null) throw new Error('there are no files');
	const { format } = first;
	return {
		format: format.format,
		task: format.task,
		formatText: formatText(first),
		mapping: format.mapping,
		files: filesShown(files),
		sizeBytes,
		rows: whole ? rows : Math.round(rows * (sizeBytes / Math.max(1, bytes))),
		rowsExact: whole,
		columns: columnsOf(first),
		firstRows: first.head
			.slice(0, previewLimits.rows)
			.map((record) => first.columns.map((column) => cell(record[column]))),
		table: tableShown(first, problems.hasReplaced),
		samples,
		problems: problems.list(),
		name: taskName(first, parts) ?? name ?? nameOf(paths),
		split: splits.size === 1 ? ([...splits][0] ?? defaultSplit) : defaultSplit,
	};
}

/** A text in UTF-8 whose bytes are all right needs no other encoding. */
function tableShown({ table, encoding }: OpenedSource, hasReplaced: boolean): TableOptions | null {
	if (table === null && encoding === 'utf-8' && !hasReplaced) return null;
	return { ...table, encoding };
}

/** Users see an archive as one file. */
function filesShown(files: readonly { readonly path: string; readonly name: string; readonly sizeBytes: number }[]) {
	const byPath = new Map<string, { name: string; sizeBytes: number }>();
	for (const { path, name, sizeBytes } of files) {
		const before = byPath.get(path);
		byPath.set(path, {
			name: before === undefined ? name : basename(path),
			sizeBytes: sizeBytes + (before?.sizeBytes ?? 0),
		});
	}
	return [...byPath.values()].slice(0, 200);
}

/**
 * Returns "GSM8K" or "MMLU, astronomy" whatever the file's name, since published sets are called test.jsonl. null: not
 * a published set.
 */
function taskName({ format }: OpenedSource, parts: ReadonlySet<string>): string | null {
	if (format.task === null) return null;
	const [part = ''] = parts.size === 1 ? parts : [];
	return [knownTasks[format.task].name, part.replaceAll('_', ' ')]
		.filter((word) => word !== '')
		.join(', ')
		.slice(0, 200);
}

function nameOf(paths: readonly string[]): string {
	const [path = ''] = paths;
	const stem = basename(path).replace(/(?:\.promptfooconfig)?\.[a-z]+(?:\.gz)?$/i, '');
	const says = /^(?:test|train|tests|samples|data|dataset|index|output|results|promptfooconfig)$/i.test(stem)
		? `${basename(dirname(path))} ${stem.replace(/^promptfooconfig$/i, '')}`
		: stem;
	return oneLine(says.replaceAll(/[_-]+/g, ' ')).slice(0, 200) || 'Imported';
}

function formatText({ format, container, table, encoding, field }: OpenedSource): string {
	const separators: Readonly<Record<string, string>> = { ',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'bars' };
	const encodings = { 'utf-8': null, 'utf-16le': 'UTF-16', 'utf-16be': 'UTF-16', 'windows-1252': 'Windows-1252' };
	const written =
		table === null
			? { table: 'Table', jsonl: 'JSON Lines', json: 'JSON', yaml: 'YAML' }[container]
			: `Table separated by ${separators[table.delimiter] ?? `“${table.delimiter}”`}${table.head ? '' : ' without column names'}`;
	return [
		format.task === null ? null : knownTasks[format.task].name,
		format.name === null ? null : `${format.name.charAt(0).toUpperCase()}${format.name.slice(1)}`,
		written,
		field === null ? null : `rows in “${field}”`,
		encodings[encoding],
	]
		.filter((part) => part !== null)
		.join(', ');
}

function columnsOf({ columns, head }: OpenedSource): Column[] {
	const all = columns.flatMap((name): Column[] => {
		// Fields of an object are columns, too: `a.b`.
		const inner = [...new Set(head.flatMap((record) => (isObject(record[name]) ? Object.keys(record[name]) : [])))];
		const fields = inner.slice(0, 50).map((field) =>
			column(`${name}.${field}`, head, (record) => {
				const object = record[name];
				return isObject(object) ? object[field] : undefined;
			}),
		);
		return [column(name, head, (record) => record[name]), ...fields];
	});
	return all.slice(0, maxColumns);
}

function column(name: string, head: readonly RowRecord[], read: (record: RowRecord) => unknown): Column {
	const texts = head.map((record) => asText(read(record))).filter((text) => text !== '');
	const distinct = [...new Set(texts)];
	return {
		name,
		filled: texts.length,
		examples: distinct
			.slice(0, previewLimits.examples)
			.map((text) => text.slice(0, previewLimits.example).toWellFormed()),
		distinct: Math.min(distinct.length, previewLimits.distinct),
	};
}

function cell(value: unknown): string | null {
	return value === null || value === undefined ? null : asText(value).slice(0, previewLimits.cell).toWellFormed();
}
