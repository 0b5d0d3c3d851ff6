import { z } from 'zod';
import { datasetNameSchema, datasetSchema, versionSchema } from './dataset.ts';
import { sampleContentSchema, splitNameSchema } from './sample.ts';
import { taskIdSchema } from './task.ts';

/** How a file is read. 'messages': `{messages}` as for fine-tuning; 'preference': prompt, chosen, rejected. */
export const importFormatSchema = z.enum([
	'csv',
	'tsv',
	'json',
	'jsonl',
	'messages',
	'preference',
	'promptfoo',
	'inspect-dataset',
	'inspect-log',
	'task',
]);

/** A column of a table, or a field of JSON objects (`a.b`: of the object in `a`). */
export const columnSchema = z.object({
	name: z.string(),
	/** How many of the rows that were looked at have something in it. */
	filled: z.int(),
	/** The first few of its texts, cut to 200 characters. */
	examples: z.array(z.string()),
	/** Different ones among the rows that were looked at, counted up to 100. */
	distinct: z.int(),
});

const columnName = z.string().max(200);

/** Which column says what. Columns that nothing is said of become variables only. */
export const mappingSchema = z.object({
	/** A column; or a template over columns, where it holds `{{`. */
	input: z.string().max(10_000),
	target: columnName.nullable().default(null),
	/** Columns of one choice each, or one that holds a list (JSON, or separated by `choiceSeparator`). Empty: none. */
	choices: z.array(columnName).max(100).default([]),
	choiceSeparator: z.string().max(20).default(''),
	/** What the target column holds: the answer's text, the number of the right choice, or its letter. */
	targetIs: z.enum(['text', 'index-from-0', 'index-from-1', 'letter']).default('text'),
	key: columnName.nullable().default(null),
	split: columnName.nullable().default(null),
	/** Tags separated by commas or semicolons, or JSON lists. */
	tags: z.array(columnName).max(20).default([]),
	cluster: columnName.nullable().default(null),
	/** Kept as metadata, not as variables. */
	metadata: z.array(columnName).max(200).default([]),
});

/** How a table is cut into cells; what is left out is found in the file. */
export const tableOptionsSchema = z.object({
	delimiter: z.string().min(1).max(4).optional(),
	/** Whether the first row names the columns. */
	head: z.boolean().optional(),
	/** 'literal': a quotation mark is a character like any other. */
	quotes: z.enum(['standard', 'literal']).optional(),
	encoding: z.enum(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252']).optional(),
});

export const importProblemSchema = z.object({
	/** The file, and the row or line where there is one. */
	where: z.string(),
	/** What is wrong, and what became of it. */
	what: z.string(),
});

/** A sample as it would come in. */
export const previewSampleSchema = sampleContentSchema.extend({ key: z.string(), split: z.string() });

/** What was found at the beginning of the files; nothing is changed yet. */
export const importPreviewSchema = z.object({
	format: importFormatSchema,
	/** The published test set it is; null: none that is known. Its mapping is fixed. */
	task: taskIdSchema.nullable(),
	/** For people: "CSV, separated by semicolons, Windows-1252". */
	formatText: z.string(),
	files: z.array(z.object({ name: z.string(), sizeBytes: z.int() })),
	sizeBytes: z.int(),
	/** Rows there will be; an estimate where not all was read. */
	rows: z.int(),
	rowsExact: z.boolean(),
	columns: z.array(columnSchema),
	/** The first rows as they stand in the file, by column, cut to 400 characters. */
	firstRows: z.array(z.array(z.string().nullable())),
	/** What the columns seem to say; null: the format says it itself. */
	mapping: mappingSchema.nullable(),
	table: tableOptionsSchema.nullable(),
	/** The first samples under `mapping`, or under the mapping that was asked for. */
	samples: z.array(previewSampleSchema),
	problems: z.array(importProblemSchema),
	/** A name for the dataset. */
	name: z.string(),
	/** Where the files say no split. */
	split: splitNameSchema,
});

export const importIntoSchema = z.discriminatedUnion('kind', [
	z.object({ kind: z.literal('new'), name: datasetNameSchema, description: z.string().max(10_000).default('') }),
	/** 'append': after what its draft holds. 'replace': a draft that holds nothing else; ids tell what changed. */
	z.object({ kind: z.literal('existing'), datasetId: z.int(), mode: z.enum(['append', 'replace']).default('append') }),
]);

export const importOptionsSchema = z.object({
	into: importIntoSchema,
	/** null: that of the preview. */
	mapping: mappingSchema.nullable().default(null),
	table: tableOptionsSchema.nullable().default(null),
	/** For rows that say none. */
	split: splitNameSchema.optional(),
	/** Added to every sample. */
	tags: z.array(z.string().trim().min(1).max(60)).max(16).default([]),
	/**
	 * 'skip' leaves out rows that ask the same and expect the same as one before, or as one in the dataset, by the rule
	 * of exact duplicates (`same-question.ts`).
	 */
	duplicates: z.enum(['keep', 'skip']).default('keep'),
	/** Only so many rows, the first. */
	limit: z.int().min(1).nullable().default(null),
});

/** What came in. */
export const importReportSchema = z.object({
	dataset: datasetSchema,
	version: versionSchema,
	added: z.int(),
	/** Rows that were left out because they say the same as another. */
	duplicates: z.int(),
	/** Rows whose id another one had already: they have a number behind it. */
	renamed: z.int(),
	/** Rows that could not be read, and those changed on the way. */
	skipped: z.int(),
	problems: z.array(importProblemSchema),
	undoId: z.string().nullable(),
});

export type ImportFormat = z.infer<typeof importFormatSchema>;
export type Column = z.infer<typeof columnSchema>;
export type Mapping = z.infer<typeof mappingSchema>;
export type TableOptions = z.infer<typeof tableOptionsSchema>;
export type ImportProblem = z.infer<typeof importProblemSchema>;
export type PreviewSample = z.infer<typeof previewSampleSchema>;
export type ImportPreview = z.infer<typeof importPreviewSchema>;
export type ImportInto = z.infer<typeof importIntoSchema>;
export type ImportOptions = z.infer<typeof importOptionsSchema>;
export type DatasetImportReport = z.infer<typeof importReportSchema>;
