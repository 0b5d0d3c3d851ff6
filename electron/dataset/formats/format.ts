import type { Turn } from '../../../models/contract/generation.ts';
import type { TaskId } from '../../contract/dataset/known-tasks.ts';
import type { ImportFormat, Mapping } from '../../contract/dataset/schema.ts';
import type { RowRecord } from '../read/rows.ts';

/** A sample as a file says it; what it says nothing of is null or empty. */
export interface ImportedSample {
	readonly key: string | null;
	readonly input: string | readonly Turn[];
	readonly target: string | null;
	readonly choices: readonly string[] | null;
	readonly variables: Readonly<Record<string, string>>;
	readonly metadata: Readonly<Record<string, unknown>>;
	readonly tags: readonly string[];
	readonly cluster: string | null;
	readonly split: string | null;
}

export const emptySample: Omit<ImportedSample, 'input'> = {
	key: null,
	target: null,
	choices: null,
	variables: {},
	metadata: {},
	tags: [],
	cluster: null,
	split: null,
};

/** Where a row stands. */
export interface RowPlace {
	readonly file: string;
	readonly row: number;
}

/** Samples of one row; a text says why it is none. */
export type ReadRow = (record: RowRecord, place: RowPlace) => readonly ImportedSample[] | string;

/** How the rows of a file are read. */
export interface Format {
	readonly format: ImportFormat;
	readonly task: TaskId | null;
	/** Its name for people, where it is more than what the rows are written in. */
	readonly name: string | null;
	/** null: the format says it itself. */
	readonly mapping: Mapping | null;
	readonly read: ReadRow;
}

/** What is known of a file when its format is looked for. */
export interface FileFacts {
	/** As people know it, with `/` between folders. */
	readonly name: string;
	readonly container: 'table' | 'jsonl' | 'json' | 'yaml';
	readonly field: string | null;
	/** The first rows. */
	readonly head: readonly RowRecord[];
	/** Columns, or fields of the first rows, in order. */
	readonly columns: readonly string[];
}
