import type { Turn } from '../../../models/contract/generation.ts';
import type { TaskId } from '../../contract/dataset/known-tasks.ts';
import type { ImportFormat, Mapping } from '../../contract/dataset/schema.ts';
import type { RowRecord } from '../read/rows.ts';

/** A sample as the file defines it; missing values are null or empty. */
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
	/** Rules of the file that say how to score the sample, and that did not become its target. */
	readonly rules?: readonly string[];
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

/** Location of a row. */
export interface RowPlace {
	readonly file: string;
	readonly row: number;
}

/** Returns the samples of one row, or a text with the reason why there are none. */
export type ReadRow = (record: RowRecord, place: RowPlace) => readonly ImportedSample[] | string;

/** How to read the rows of a file. */
export interface Format {
	readonly format: ImportFormat;
	readonly task: TaskId | null;
	/** Display name, if it says more than the file type. */
	readonly name: string | null;
	/** null: the format defines it. */
	readonly mapping: Mapping | null;
	readonly read: ReadRow;
}

/** Facts for recognising a file's format. */
export interface FileFacts {
	/** Display name, with `/` between folders. */
	readonly name: string;
	readonly container: 'table' | 'jsonl' | 'json' | 'yaml';
	readonly field: string | null;
	/** The first rows. */
	readonly head: readonly RowRecord[];
	/** Ids of the samples that were read from this file or archive so far, and the epoch of each. */
	readonly seen: Map<string, number>;
	/** Columns, or fields of the first rows, in order. */
	readonly columns: readonly string[];
}
