import { z } from 'zod';
import { turnSchema } from '../../../models/contract/generation.ts';
import { taskIdSchema } from './known-tasks.ts';

export const versionSchema = z.object({
	id: z.int(),
	datasetId: z.int(),
	/** Counts from 1 within the dataset. */
	number: z.int(),
	note: z.string(),
	samples: z.int(),
	/** Over its samples in order; null: a draft, which may still change. */
	sha256: z.string().nullable(),
	createdAt: z.int(),
	frozenAt: z.int().nullable(),
	/** Raised by every change of a draft. */
	revision: z.int(),
});

export const datasetSchema = z.object({
	id: z.int(),
	name: z.string(),
	description: z.string(),
	/** One that comes with Assay; null: the person's own. */
	starterId: z.string().nullable(),
	/** How many there are, the draft included. */
	versions: z.int(),
	/** The newest version, and what the list counts: the draft where there is one. */
	latest: versionSchema,
	createdAt: z.int(),
	updatedAt: z.int(),
	/** In the trash since; null: it isn't. */
	deletedAt: z.int().nullable(),
});

/** One line, unique among the datasets that are not in the trash, whatever its case. */
export const datasetNameSchema = z.string().trim().min(1).max(200);

/** One sample that is not the same in two versions. */
export const diffRowSchema = z.object({
	key: z.string(),
	kind: z.enum(['added', 'removed', 'changed', 'moved']),
	/** Their samples; null where there is none. 'moved': only the split differs. */
	fromId: z.int().nullable(),
	toId: z.int().nullable(),
	fromSplit: z.string().nullable(),
	toSplit: z.string().nullable(),
	/** Cut to `excerptLength`; of the newer sample where there is one. */
	input: z.string(),
});

export const versionDiffSchema = z.object({
	same: z.int(),
	added: z.int(),
	removed: z.int(),
	/** Samples of the same id with another content. */
	changed: z.int(),
	/** Only to another split. */
	moved: z.int(),
	/** The part that was looked through, from 0 to 1; before that there may be more rows, and fewer that are the same. */
	looked: z.number(),
	rows: z.array(diffRowSchema),
});

export type DatasetVersion = z.infer<typeof versionSchema>;
export type Dataset = z.infer<typeof datasetSchema>;
export type DiffRow = z.infer<typeof diffRowSchema>;
export type VersionDiff = z.infer<typeof versionDiffSchema>;

/** Longest text of a sample, characters: more than any context holds. Rows with longer cells are left out of imports. */
export const maxSampleText = 4_000_000;

const textSchema = z.string().max(maxSampleText);

/** 'test', 'train', 'examples' (few-shot), or a person's own word. */
export const splitNameSchema = z.string().trim().min(1).max(60);

export const sampleTagSchema = z.string().trim().min(1).max(60);

/** Where a sample came from. */
export const sampleSourceSchema = z.discriminatedUnion('kind', [
	/** `row` counts from 1 and leaves the head of a table out. */
	z.object({ kind: z.literal('file'), file: z.string(), row: z.int() }),
	/** Either may be gone since. */
	z.object({ kind: z.literal('message'), conversationId: z.int(), messageId: z.int() }),
	z.object({ kind: z.literal('written') }),
	/** It came with Assay. */
	z.object({ kind: z.literal('starter') }),
]);

/** What a person says of a sample. */
const sampleContentSchema = z.object({
	/** The question: text, or turns that end with the user's. */
	input: z.union([textSchema, z.array(turnSchema).min(1).max(1_000)]),
	/** Expected answer; of a sample with choices the text of the right one. null: none. */
	target: textSchema.nullable(),
	choices: z.array(textSchema).min(1).max(1_000).nullable(),
	/** Every column of the source by its name, for templates. */
	variables: z.record(z.string().max(200), textSchema),
	/**
	 * Whatever else is known. Assay's own keys: `task` (one of `knownTasks`), `targetIndex` (of the right choice, from 0;
	 * `targetIndices` where several are right), `rejected` (an answer that is worse than the target, for preference pairs),
	 * and what a task's scorer needs (`instruction_id_list` and `kwargs` of IFEval, `test` and `entry_point` of HumanEval).
	 */
	metadata: z.record(z.string().max(200), z.unknown()),
	tags: z.array(sampleTagSchema).max(64),
	/** Samples that share one are not independent: a passage, a conversation, variants of one question. */
	cluster: z.string().max(1_000).nullable(),
});

export const sampleSchema = sampleContentSchema.extend({
	id: z.int(),
	/** The person's id of it, or one that was made; unique in a version, and the same across versions. */
	key: z.string(),
	split: splitNameSchema,
	/** Order in its version; without meaning beyond that. */
	position: z.int(),
	source: sampleSourceSchema,
	createdAt: z.int(),
});

/** One line of the list: texts are cut to `excerptLength` characters. */
export const sampleRowSchema = z.object({
	id: z.int(),
	key: z.string(),
	/** Of turns the last one of the user. */
	input: z.string(),
	/** How many turns; 1 for a text. */
	turns: z.int(),
	target: z.string().nullable(),
	choices: z.int(),
	tags: z.array(z.string()),
	split: z.string(),
	/** The conversation it came from; null: none. */
	conversationId: z.int().nullable(),
});

export const excerptLength = 400;

/** What narrows the list; conditions that are left out hold for all. */
export const sampleFilterSchema = z.object({
	/** Somewhere in the input, target, id or a choice, whatever its case. */
	text: z.string().max(1_000).optional(),
	/** Every one of these. '' stands for samples without any tag. */
	tags: z.array(z.string().max(60)).max(16).optional(),
	/** One of these. */
	splits: z.array(z.string().max(60)).max(16).optional(),
	/** Only these. */
	ids: z.array(z.int()).max(10_000).optional(),
	/** Only those that have, or lack, a target. */
	target: z.enum(['some', 'none']).optional(),
});

/** Which samples of the draft a change is for. */
export const selectionSchema = z.union([
	z.object({ ids: z.array(z.int()).min(1).max(10_000) }),
	/** Everything that it leaves; `{}` is all. */
	z.object({ filter: sampleFilterSchema }),
]);

/** What there is to filter a version by. */
export const facetsSchema = z.object({
	/** Most frequent first. */
	splits: z.array(z.object({ split: z.string(), count: z.int() })),
	tags: z.array(z.object({ tag: z.string(), count: z.int() })),
	/** Names of variables of its first samples. */
	variables: z.array(z.string()),
	withTarget: z.int(),
	withChoices: z.int(),
	/** Published test sets in it, by `metadata.task`. */
	tasks: z.array(z.string()),
});

export type SampleSource = z.infer<typeof sampleSourceSchema>;
export type SampleContent = z.infer<typeof sampleContentSchema>;
export type Sample = z.infer<typeof sampleSchema>;
export type SampleRow = z.infer<typeof sampleRowSchema>;
export type SampleFilter = z.infer<typeof sampleFilterSchema>;
export type Selection = z.infer<typeof selectionSchema>;
export type Facets = z.infer<typeof facetsSchema>;

/** What a change did. */
export const changeSchema = z.object({
	/** The draft, as it is now. */
	version: versionSchema,
	/** How many samples. */
	changed: z.int(),
	/** For `undo`, until Assay ends or twenty further changes; null: nothing changed. */
	undoId: z.string().nullable(),
});

export const newSampleSchema = sampleContentSchema
	.partial()
	.required({ input: true })
	.extend({
		/** One that is taken already gets a number behind it. */
		key: z.string().trim().min(1).max(500).optional(),
		split: splitNameSchema.optional(),
	});

/** What is left out stays as it is. */
export const sampleEditSchema = sampleContentSchema.partial().extend({
	split: splitNameSchema.optional(),
});

/** A random split; shares add up to 1. The same seed gives the same split of the same samples. */
export const randomSplitSchema = z.object({
	parts: z
		.array(z.object({ split: splitNameSchema, share: z.number().gt(0).max(1) }))
		.min(2)
		.max(10)
		.refine((parts) => Math.abs(parts.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-6, 'shares add up to 1')
		.refine((parts) => new Set(parts.map(({ split }) => split)).size === parts.length, 'every split once'),
	seed: z.int().min(0).max(0xffff_ffff).default(1),
	/** Every part gets the same mixture of these. */
	stratify: z
		.discriminatedUnion('by', [
			z.object({ by: z.literal('tags') }),
			z.object({ by: z.literal('target') }),
			z.object({ by: z.literal('variable'), name: z.string().min(1).max(200) }),
		])
		.nullable()
		.default(null),
	/** Samples of one cluster stay together: apart, the one would give away the other. */
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

/** What can be told apart from other text with certainty; names and addresses can't. */
export const personalKindSchema = z.enum(['email', 'phone', 'iban', 'card', 'ip']);

export const checkInputSchema = z.object({
	versionId: z.int(),
	/** Share of five-letter pieces (Jaccard) that two inputs have in common to be near duplicates; null: not looked for. */
	nearThreshold: z.number().min(0.5).max(0.99).nullable().default(0.8),
	personal: z.array(personalKindSchema).default(['email', 'phone', 'iban', 'card', 'ip']),
	/** Library id of a loaded model that counts tokens; null: words are counted. */
	modelFileId: z.int().nullable().default(null),
});

const sideSchema = z.object({ id: z.int(), key: z.string(), split: z.string(), input: z.string() });

/** Two samples whose inputs say the same, or almost. Texts are cut to `excerptLength`. */
export const duplicateSchema = z.object({
	first: sideSchema,
	second: sideSchema,
	/** 1: the same letters but for case, spaces and punctuation. */
	similarity: z.number(),
	/** They differ in numbers only: variants of one question more likely than a copy. */
	onlyNumbers: z.boolean(),
	/** false: the same question with another answer. */
	sameTarget: z.boolean(),
});

export const personalFindingSchema = z.object({
	id: z.int(),
	key: z.string(),
	/** 'input', 'target', 'choices', or a variable. */
	field: z.string(),
	kind: personalKindSchema,
	/** What was found, and the text around it. */
	found: z.string(),
	before: z.string(),
	after: z.string(),
});

/** Lengths of inputs with their turns, and of targets. */
export const lengthsSchema = z.object({
	count: z.int(),
	total: z.number(),
	min: z.number(),
	median: z.number(),
	mean: z.number(),
	p95: z.number(),
	max: z.number(),
	/** Equal steps from `min` to `max`. */
	histogram: z.array(z.int()),
	longest: z.array(z.object({ id: z.int(), key: z.string(), length: z.number() })),
});

export const checkReportSchema = z.object({
	versionId: z.int(),
	/** Of the version when it was checked. */
	revision: z.int(),
	samples: z.int(),
	/** Samples without a target, and with an empty input. */
	withoutTarget: z.int(),
	emptyInputs: z.int(),
	/** Targets that are none of the sample's choices. */
	targetNotAChoice: z.int(),
	exact: z.object({ count: z.int(), pairs: z.array(duplicateSchema) }),
	near: z.object({
		threshold: z.number().nullable(),
		count: z.int(),
		pairs: z.array(duplicateSchema),
		/** false: so many inputs are alike that not all pairs were compared. */
		complete: z.boolean(),
	}),
	/** Of both, those with one side in a split that is learnt from or shown, the other in one that is tested. */
	overlap: z.array(z.object({ splits: z.tuple([z.string(), z.string()]), count: z.int() })),
	/** The same question with different answers. */
	conflicts: z.int(),
	lengths: z.object({
		unit: z.enum(['tokens', 'words']),
		/** The model that counted; null: nobody, these are words. */
		modelName: z.string().nullable(),
		/** How many samples were counted: with a model, of a large set a random part. */
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

/** So many pairs or findings at most are told one by one; `count` says how many there are. */
export const maxFindings = 1_000;

export type PersonalKind = z.infer<typeof personalKindSchema>;
export type CheckInput = z.infer<typeof checkInputSchema>;
export type Duplicate = z.infer<typeof duplicateSchema>;
export type PersonalFinding = z.infer<typeof personalFindingSchema>;
export type Lengths = z.infer<typeof lengthsSchema>;
export type CheckReport = z.infer<typeof checkReportSchema>;

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

/**
 * 'jsonl': everything of each sample, to import again. 'messages': input and target as turns, for fine-tuning.
 * 'preference': prompt, chosen, rejected, of samples that know a worse answer. 'promptfoo': tests in YAML.
 * 'inspect': samples of Inspect AI in JSON Lines.
 */
export const datasetExportFormatSchema = z.enum(['jsonl', 'messages', 'preference', 'csv', 'promptfoo', 'inspect']);

/** A file that was made and waits to be fetched. */
export const exportedDatasetSchema = z.object({
	fileName: z.string(),
	sizeBytes: z.int(),
	samples: z.int(),
	/** Samples that say nothing in this format, such as one without a target in 'messages'. */
	leftOut: z.int(),
	/** Where it lies now; whoever takes it away may move it. */
	path: z.string(),
	/** For one download within a minute, as `download/<ticket>` of the browser host. */
	ticket: z.string(),
});

export type DatasetExportFormat = z.infer<typeof datasetExportFormatSchema>;
export type ExportedDataset = z.infer<typeof exportedDatasetSchema>;
