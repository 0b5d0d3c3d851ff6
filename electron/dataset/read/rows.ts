import { maxJsonLevels, nestsTooDeep } from '../../text/json-depth.ts';

/** One row of a source: its cells by column, or the fields of a JSON object. It has no prototype. */
export type RowRecord = Readonly<Record<string, unknown>>;

export type SourceRow =
	| { readonly row: number; readonly record: RowRecord }
	| { readonly row: number; readonly problem: string };

/** The next rows, and the number of bytes read so far. */
export interface RowBatch {
	readonly rows: readonly SourceRow[];
	readonly bytesRead: number;
}

/** Largest row, bytes: larger ones are skipped, so that reading never needs more memory than this. */
export const maxRowBytes = 16 * 1024 * 1024;

/** Rows between two yields. */
export const rowsInBatch = 500;

export const tooLarge = `it is larger than ${maxRowBytes / 1024 / 1024} MB`;

/** Most columns of a table or fields of a row: nobody can map more, and each name costs memory in every row. */
export const maxColumns = 2_000;

export const tooWide = `it has more than ${maxColumns.toLocaleString('en')} columns`;

const tooDeep = `it nests more than ${maxJsonLevels.toLocaleString('en')} levels deep`;

/**
 * Returns why a JSON text must not be parsed (millions of levels take a hundred times the memory of their text); null:
 * it may be.
 */
export function whyNotParse(raw: Buffer): string | null {
	return nestsTooDeep(raw) ? tooDeep : null;
}

/** Converts a parsed value to a row, or gives the reason why it is none. */
export function rowOfValue(value: unknown, row: number): SourceRow {
	let level: object[] = [value].filter((one) => typeof one === 'object' && one !== null) as object[];
	for (let depth = 0; level.length > 0; depth += 1) {
		if (depth > maxJsonLevels) return { row, problem: tooDeep };
		level = level.flatMap((one) =>
			Object.values(one).filter((each: unknown) => typeof each === 'object' && each !== null),
		);
	}
	const record = recordOf(value);
	return Object.keys(record).length > maxColumns ? { row, problem: tooWide } : { row, record };
}

/**
 * Converts a JSON value to a row. A column called `__proto__` is like any other: rows have no prototype, so nothing is
 * set through it.
 */
export function recordOf(value: unknown): RowRecord {
	const record = Object.create(null) as Record<string, unknown>;
	if (typeof value !== 'object' || value === null) record.input = value;
	// The fields of a list are its indices.
	else for (const [name, each] of Object.entries(value)) record[name] = each;
	return record;
}
