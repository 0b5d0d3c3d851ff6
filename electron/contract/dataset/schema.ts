import { z } from 'zod';
import { turnSchema } from '../../../models/contract/generation.ts';
import { textEncodingSchema } from '../text-encoding.ts';
import { taskIds } from './known-tasks.ts';

export const versionSchema = z.object({
	id: z.int(),
	datasetId: z.int(),
	/** Counts from 1 within the dataset. */
	number: z.int(),
	note: z.string(),
	samples: z.int(),
	/** Hash over its samples in order; null: a draft, which may still change. */
	sha256: z.string().nullable(),
	createdAt: z.int(),
	frozenAt: z.int().nullable(),
	/** Increases with every change of a draft. */
	revision: z.int(),
});

export const datasetSchema = z.object({
	id: z.int(),
	name: z.string(),
	description: z.string(),
	/** Id of a bundled item, which comes with Assay; null: the user's own. */
	starterId: z.string().nullable(),
	/** Number of versions, including the draft. */
	versions: z.int(),
	/** The newest version, which the list shows counts of: the draft if there is one. */
	latest: versionSchema,
	createdAt: z.int(),
	updatedAt: z.int(),
	/** When it was moved to the trash; null: it is not there. */
	deletedAt: z.int().nullable(),
});

/** One line, unique regardless of case among the datasets outside the trash. */
export const datasetNameSchema = z.string().trim().min(1).max(200);

/** A sample that differs between two versions. */
export const diffRowSchema = z.object({
	key: z.string(),
	kind: z.enum(['added', 'removed', 'changed', 'moved']),
	/** Sample ids in the two versions; null if the sample is missing there. 'moved': only the split differs. */
	fromId: z.int().nullable(),
	toId: z.int().nullable(),
	fromSplit: z.string().nullable(),
	toSplit: z.string().nullable(),
	/** Cut to `excerptLength`; from the newer sample if there is one. */
	input: z.string(),
});

export const versionDiffSchema = z.object({
	same: z.int(),
	added: z.int(),
	removed: z.int(),
	/** Number of samples with the same id but different content. */
	changed: z.int(),
	/** Number of samples that only moved to another split. */
	moved: z.int(),
	/** Share scanned so far, 0 to 1; below 1, more rows may follow, and `same` may turn out lower. */
	looked: z.number(),
	rows: z.array(diffRowSchema),
});

export type DatasetVersion = z.infer<typeof versionSchema>;
export type Dataset = z.infer<typeof datasetSchema>;
export type DiffRow = z.infer<typeof diffRowSchema>;
export type VersionDiff = z.infer<typeof versionDiffSchema>;

/** Longest text of a sample in characters: more than any context holds. Imports skip rows with longer cells. */
export const maxSampleText = 4_000_000;

const textSchema = z.string().max(maxSampleText);

/** 'test', 'train', 'examples' (few-shot), or a name of the user's choice. */
export const splitNameSchema = z.string().trim().min(1).max(60);

export const sampleTagSchema = z.string().trim().min(1).max(60);

/** Origin of a sample. */
export const sampleSourceSchema = z.discriminatedUnion('kind', [
	/** `row` counts from 1, without the table's header. */
	z.object({ kind: z.literal('file'), file: z.string(), row: z.int() }),
	/** Either may have been deleted since. */
	z.object({ kind: z.literal('message'), conversationId: z.int(), messageId: z.int() }),
	z.object({ kind: z.literal('written') }),
	/** Comes with Assay. */
	z.object({ kind: z.literal('starter') }),
]);

/** The part of a sample that the user edits. */
const sampleContentSchema = z.object({
	/** The question: text, or turns that end with a user turn. */
	input: z.union([textSchema, z.array(turnSchema).min(1).max(1_000)]),
	/** Expected answer; for a sample with choices, the text of the right one. null: none. */
	target: textSchema.nullable(),
	choices: z.array(textSchema).min(1).max(1_000).nullable(),
	/** Every source column by name, for templates. */
	variables: z.record(z.string().max(200), textSchema),
	/**
	 * Any other data. Keys used by Assay: `task` (one of `knownTasks`), `targetIndex` (index of the right choice, from
	 * 0; `targetIndices` if several are right), `rejected` (an answer worse than the target, for preference pairs), and
	 * what a task's scorer needs (`instruction_id_list` and `kwargs` of IFEval, `test` and `entry_point` of HumanEval,
	 * `tools`, `calls`, `recordings` and `followUps` of tool calls: `toolTaskSchema`).
	 */
	metadata: z.record(z.string().max(200), z.unknown()),
	tags: z.array(sampleTagSchema).max(64),
	/** Samples that share a cluster are not independent: a passage, a conversation, variants of one question. */
	cluster: z.string().max(1_000).nullable(),
});

export const sampleSchema = sampleContentSchema.extend({
	id: z.int(),
	/** The user's id for it, or a generated one; unique in a version and the same across versions. */
	key: z.string(),
	split: splitNameSchema,
	/** Order in its version; the number itself has no meaning. */
	position: z.int(),
	source: sampleSourceSchema,
	createdAt: z.int(),
});

/** One row of the list: texts are cut to `excerptLength` characters. */
export const sampleRowSchema = z.object({
	id: z.int(),
	key: z.string(),
	/** For turns, the last user turn. */
	input: z.string(),
	/** Number of turns; 1 for a text. */
	turns: z.int(),
	target: z.string().nullable(),
	choices: z.int(),
	tags: z.array(z.string()),
	split: z.string(),
	/** The conversation that the sample came from; null: none. */
	conversationId: z.int().nullable(),
});

export const excerptLength = 400;

/** Filter for the list; omitted conditions match everything. */
export const sampleFilterSchema = z.object({
	/** Matches the input, target, id or a choice, regardless of case. */
	text: z.string().max(1_000).optional(),
	/** All of these tags. '' matches samples without tags. */
	tags: z.array(z.string().max(60)).max(16).optional(),
	/** Any of these splits. */
	splits: z.array(z.string().max(60)).max(16).optional(),
	/** Only these samples. */
	ids: z.array(z.int()).max(10_000).optional(),
	/** Only samples with, or without, a target. */
	target: z.enum(['some', 'none']).optional(),
});

/** Samples of the draft that a change applies to. */
export const selectionSchema = z.union([
	z.object({ ids: z.array(z.int()).min(1).max(10_000) }),
	/** Everything that matches; `{}` is all. */
	z.object({ filter: sampleFilterSchema }),
]);

/** Values by which a version can be filtered. */
export const facetsSchema = z.object({
	/** Most frequent first. */
	splits: z.array(z.object({ split: z.string(), count: z.int() })),
	tags: z.array(z.object({ tag: z.string(), count: z.int() })),
	/** Variable names in its first samples. */
	variables: z.array(z.string()),
	withTarget: z.int(),
	withChoices: z.int(),
	/** Published test sets it contains, by `metadata.task`. */
	tasks: z.array(z.string()),
});

export type SampleSource = z.infer<typeof sampleSourceSchema>;
export type SampleContent = z.infer<typeof sampleContentSchema>;
export type Sample = z.infer<typeof sampleSchema>;
export type SampleRow = z.infer<typeof sampleRowSchema>;
export type SampleFilter = z.infer<typeof sampleFilterSchema>;
export type Selection = z.infer<typeof selectionSchema>;
export type Facets = z.infer<typeof facetsSchema>;

/** Result of a change. */
export const changeSchema = z.object({
	/** The draft after the change. */
	version: versionSchema,
	/** Number of samples changed. */
	changed: z.int(),
	/** Id for `undo`, valid until Assay quits or twenty more changes were made; null: nothing changed. */
	undoId: z.string().nullable(),
});

export const newSampleSchema = sampleContentSchema
	.partial()
	.required({ input: true })
	.extend({
		/** A key that is taken gets a number appended. */
		key: z.string().trim().min(1).max(500).optional(),
		split: splitNameSchema.optional(),
	});

/** Omitted fields stay unchanged. */
export const sampleEditSchema = sampleContentSchema.partial().extend({
	split: splitNameSchema.optional(),
});

/** A random split; the shares add up to 1. The same seed splits the same samples identically. */
export const randomSplitSchema = z.object({
	parts: z
		.array(z.object({ split: splitNameSchema, share: z.number().gt(0).max(1) }))
		.min(2)
		.max(10)
		.refine((parts) => Math.abs(parts.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-6, 'shares add up to 1')
		.refine((parts) => new Set(parts.map(({ split }) => split)).size === parts.length, 'every split once'),
	seed: z.int().min(0).max(0xffff_ffff).default(1),
	/** Every part gets the same proportions of these values. */
	stratify: z
		.discriminatedUnion('by', [
			z.object({ by: z.literal('tags') }),
			z.object({ by: z.literal('target') }),
			z.object({ by: z.literal('variable'), name: z.string().min(1).max(200) }),
		])
		.nullable()
		.default(null),
	/** Keeps samples of one cluster together: split up, one would leak the other. */
	keepClusters: z.boolean().default(true),
});

export const tagChangeSchema = z.object({
	add: z.array(sampleTagSchema).max(16).default([]),
	remove: z.array(sampleTagSchema).max(16).default([]),
});

export type Change = z.infer<typeof changeSchema>;
export type NewSample = z.infer<typeof newSampleSchema>;
export type SampleEdit = z.infer<typeof sampleEditSchema>;
export type RandomSplit = z.infer<typeof randomSplitSchema>;
export type TagChange = z.infer<typeof tagChangeSchema>;

/** Personal data that can be recognised reliably; names and addresses cannot. */
export const personalKindSchema = z.enum(['email', 'phone', 'iban', 'card', 'ip']);

export const checkInputSchema = z.object({
	versionId: z.int(),
	/**
	 * Jaccard similarity of five-letter shingles from which two inputs count as near duplicates; null: no search for
	 * near duplicates.
	 */
	nearThreshold: z.number().min(0.5).max(0.99).nullable().default(0.8),
	personal: z.array(personalKindSchema).default(['email', 'phone', 'iban', 'card', 'ip']),
	/** Library id of a loaded model that counts tokens; null: count words. */
	modelFileId: z.int().nullable().default(null),
});

const sideSchema = z.object({ id: z.int(), key: z.string(), split: z.string(), input: z.string() });

/** Two samples with the same, or nearly the same, input. Texts are cut to `excerptLength`. */
export const duplicateSchema = z.object({
	first: sideSchema,
	second: sideSchema,
	/** 1: identical except for case, spaces and punctuation. */
	similarity: z.number(),
	/** They differ only in numbers: more likely variants of one question than copies. */
	onlyNumbers: z.boolean(),
	/** false: the same question with a different answer. */
	sameTarget: z.boolean(),
});

export const personalFindingSchema = z.object({
	id: z.int(),
	key: z.string(),
	/** 'input', 'target', 'choices', or a variable. */
	field: z.string(),
	kind: personalKindSchema,
	/** The finding with its surrounding text. */
	found: z.string(),
	before: z.string(),
	after: z.string(),
});

/** Lengths of inputs (all turns) and of targets. */
export const lengthsSchema = z.object({
	count: z.int(),
	total: z.number(),
	min: z.number(),
	median: z.number(),
	mean: z.number(),
	p95: z.number(),
	max: z.number(),
	/** Counts in equal steps from `min` to `max`. */
	histogram: z.array(z.int()),
	longest: z.array(z.object({ id: z.int(), key: z.string(), length: z.number() })),
});

export const checkReportSchema = z.object({
	versionId: z.int(),
	/** Revision of the version at the time of the check. */
	revision: z.int(),
	samples: z.int(),
	/** Samples without a target, and samples with an empty input. */
	withoutTarget: z.int(),
	emptyInputs: z.int(),
	/** Number of targets that are not among the sample's choices. */
	targetNotAChoice: z.int(),
	exact: z.object({ count: z.int(), pairs: z.array(duplicateSchema) }),
	near: z.object({
		threshold: z.number().nullable(),
		count: z.int(),
		pairs: z.array(duplicateSchema),
		/** false: too many inputs are alike to compare all pairs. */
		complete: z.boolean(),
	}),
	/** Number of exact and near pairs for each two different splits, most first. */
	overlap: z.array(z.object({ splits: z.tuple([z.string(), z.string()]), count: z.int() })),
	/** Pairs with the same question but different answers. */
	conflicts: z.int(),
	lengths: z.object({
		unit: z.enum(['tokens', 'words']),
		/** The model that counted tokens; null: the lengths are words. */
		modelName: z.string().nullable(),
		/** Number of samples counted: with a model, a random part of a large set. */
		counted: z.int(),
		input: lengthsSchema,
		target: lengthsSchema.nullable(),
	}),
	personal: z.object({
		count: z.int(),
		byKind: z.array(z.object({ kind: personalKindSchema, count: z.int() })),
		findings: z.array(personalFindingSchema),
	}),
	ms: z.number(),
});

/** Most pairs or findings listed individually; `count` is the total. */
export const maxFindings = 1_000;

export type PersonalKind = z.infer<typeof personalKindSchema>;
export type CheckInput = z.infer<typeof checkInputSchema>;
export type Duplicate = z.infer<typeof duplicateSchema>;
export type PersonalFinding = z.infer<typeof personalFindingSchema>;
export type Lengths = z.infer<typeof lengthsSchema>;
export type CheckReport = z.infer<typeof checkReportSchema>;

/** How to read a file. 'messages': `{messages}` as for fine-tuning; 'preference': prompt, chosen, rejected. */
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

/** A column of a table, or a field of JSON objects (`a.b`: field b of the object in `a`). */
export const columnSchema = z.object({
	name: z.string(),
	/** Number of examined rows that have a value in it. */
	filled: z.int(),
	/** Its first few texts, cut to 200 characters. */
	examples: z.array(z.string()),
	/** Number of distinct values in the examined rows, counted up to 100. */
	distinct: z.int(),
});

const columnName = z.string().max(200);

/** Meaning of each column. Unmapped columns only become variables. */
export const mappingSchema = z.object({
	/** A column name, or a template over columns if it contains `{{`. */
	input: z.string().max(10_000),
	target: columnName.nullable().default(null),
	/**
	 * Columns with one choice each, or one column with a list (JSON, or separated by `choiceSeparator`). Empty: no
	 * choices.
	 */
	choices: z.array(columnName).max(100).default([]),
	choiceSeparator: z.string().max(20).default(''),
	/** Content of the target column: the answer's text, the number of the right choice, or its letter. */
	targetIs: z.enum(['text', 'index-from-0', 'index-from-1', 'letter']).default('text'),
	key: columnName.nullable().default(null),
	split: columnName.nullable().default(null),
	/** Columns with tags, separated by commas or semicolons or as JSON lists. */
	tags: z.array(columnName).max(20).default([]),
	cluster: columnName.nullable().default(null),
	/** Columns stored as metadata instead of variables. */
	metadata: z.array(columnName).max(200).default([]),
});

/** How to parse a table; omitted options are detected from the file. */
export const tableOptionsSchema = z.object({
	delimiter: z.string().min(1).max(4).optional(),
	/** true: the first row is the header. */
	head: z.boolean().optional(),
	/** 'literal': a quotation mark is an ordinary character. */
	quotes: z.enum(['standard', 'literal']).optional(),
	encoding: textEncodingSchema.optional(),
});

export const importProblemSchema = z.object({
	/** The file, with the row or line if known. */
	where: z.string(),
	/** The problem and its consequence. */
	what: z.string(),
});

/** A sample as the import would create it. */
export const previewSampleSchema = sampleContentSchema.extend({ key: z.string(), split: z.string() });

/** What the beginning of the files contains; a preview changes nothing. */
export const importPreviewSchema = z.object({
	format: importFormatSchema,
	/** The published test set that was recognised; null: none. Its mapping is fixed. */
	task: z.enum(taskIds).nullable(),
	/** Description for people: "CSV, separated by semicolons, Windows-1252". */
	formatText: z.string(),
	files: z.array(z.object({ name: z.string(), sizeBytes: z.int() })),
	sizeBytes: z.int(),
	/** Expected number of rows; an estimate unless everything was read. */
	rows: z.int(),
	rowsExact: z.boolean(),
	columns: z.array(columnSchema),
	/** The first rows as in the file, by column, cut to 400 characters. */
	firstRows: z.array(z.array(z.string().nullable())),
	/** Guessed mapping of the columns; null: the format defines it. */
	mapping: mappingSchema.nullable(),
	/** null: no table, in UTF-8. Files that are no tables have an encoding only. */
	table: tableOptionsSchema.nullable(),
	/** The first samples under `mapping`, or under the mapping that the caller requested. */
	samples: z.array(previewSampleSchema),
	problems: z.array(importProblemSchema),
	/** Suggested name for the dataset. */
	name: z.string(),
	/** Split for rows whose files name none. */
	split: splitNameSchema,
});

export const importIntoSchema = z.discriminatedUnion('kind', [
	z.object({ kind: z.literal('new'), name: datasetNameSchema, description: z.string().max(10_000).default('') }),
	/** 'append': after the draft's samples. 'replace': a draft with only the new samples; ids identify what changed. */
	z.object({ kind: z.literal('existing'), datasetId: z.int(), mode: z.enum(['append', 'replace']).default('append') }),
]);

export const importOptionsSchema = z.object({
	into: importIntoSchema,
	/** null: the mapping of the preview. */
	mapping: mappingSchema.nullable().default(null),
	table: tableOptionsSchema.nullable().default(null),
	/** Split for rows that name none. */
	split: splitNameSchema.optional(),
	/** Added to every sample. */
	tags: z.array(z.string().trim().min(1).max(60)).max(16).default([]),
	/**
	 * 'skip' leaves out rows with the same question and the same expected answer as an earlier row or a sample of the
	 * dataset, by the rule for exact duplicates (`same-question.ts`).
	 */
	duplicates: z.enum(['keep', 'skip']).default('keep'),
	/** Imports only the first rows, up to this number. */
	limit: z.int().min(1).nullable().default(null),
});

/** Result of an import. */
export const importReportSchema = z.object({
	dataset: datasetSchema,
	version: versionSchema,
	added: z.int(),
	/** Number of rows left out as duplicates. */
	duplicates: z.int(),
	/** Number of rows whose id was already taken; a number was appended to it. */
	renamed: z.int(),
	/** Rows that could not be read, and rows that were altered. */
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

/**
 * 'jsonl': everything of each sample, to import again. 'messages': input and target as turns, for fine-tuning.
 * 'preference': prompt, chosen, rejected, for samples with a worse answer. 'promptfoo': tests in YAML. 'inspect':
 * Inspect AI samples in JSON Lines.
 */
export const datasetExportFormatSchema = z.enum(['jsonl', 'messages', 'preference', 'csv', 'promptfoo', 'inspect']);

/** A generated file, ready to be downloaded. */
export const exportedDatasetSchema = z.object({
	fileName: z.string(),
	sizeBytes: z.int(),
	samples: z.int(),
	/** Number of samples that this format cannot express, such as one without a target in 'messages'. */
	leftOut: z.int(),
	/** Current path of the file; the recipient may move it. */
	path: z.string(),
	/** Valid for one download within a minute, at `download/<ticket>` of the browser host. */
	ticket: z.string(),
});

export type DatasetExportFormat = z.infer<typeof datasetExportFormatSchema>;
export type ExportedDataset = z.infer<typeof exportedDatasetSchema>;
