import { z } from 'zod';

export const activityKindSchema = z.enum(['answer', 'load', 'unload', 'crash', 'download', 'network', 'job']);

/** How it went, in one word: 'stopped' by a person, 'blocked' by the switch. */
export const activityResultSchema = z.enum(['fine', 'stopped', 'failed', 'blocked']);

export const activityFilterSchema = z.object({
	kinds: z.array(activityKindSchema).optional(),
	results: z.array(activityResultSchema).optional(),
	/** Milliseconds since 1970, both included. */
	since: z.int().optional(),
	until: z.int().optional(),
	/** Anywhere in what it is about, how it ended, and its details; capital letters don't matter. */
	text: z.string().max(1_000).optional(),
});

export const activitySortSchema = z.object({
	by: z.enum(['time', 'kind', 'subject', 'outcome']),
	descending: z.boolean(),
});

/** What an answer took. */
export const answerFiguresSchema = z.object({
	promptTokens: z.int(),
	cachedTokens: z.int(),
	completionTokens: z.int(),
	ttftMs: z.number(),
	promptMs: z.number(),
	generationMs: z.number(),
});

/** One thing that happened. */
export const activityEntrySchema = z.object({
	id: z.int(),
	at: z.int(),
	kind: activityKindSchema,
	/** A model with its quantisation, a host, a file, a job's title. */
	subject: z.string(),
	result: activityResultSchema,
	/** How it ended: 'loaded', a stop reason, a failure's code, a status of HTTP. */
	outcome: z.string(),
	/** Why it failed; null where it did not. */
	message: z.string().nullable(),
	/** Further figures by name: `bytes`, `purpose`, `loadMs`. */
	facts: z.record(z.string(), z.union([z.string(), z.number()])),
	figures: answerFiguresSchema.nullable(),
	modelFileId: z.int().nullable(),
	/** The answer and its conversation, while both are there. */
	messageId: z.int().nullable(),
	conversationId: z.int().nullable(),
});

/** A measured quantity over several answers: the middle value, and the range of the middle half. */
export const spreadSchema = z.object({ n: z.int(), median: z.number(), low: z.number(), high: z.number() });

/** A 95th percentile with its 95 % interval by order statistics; `high` is null where the answers are too few for one. */
export const percentileSchema = z.object({
	n: z.int(),
	value: z.number(),
	low: z.number(),
	high: z.number().nullable(),
});

export const modelUsageSchema = z.object({
	/** Name and quantisation, as they were then. */
	model: z.string(),
	answers: z.int(),
	/** Answers that a person stopped, and those that failed; both count as answers. */
	stopped: z.int(),
	failed: z.int(),
	promptTokens: z.int(),
	cachedTokens: z.int(),
	completionTokens: z.int(),
	/** Spent on prompts and on writing, ms. */
	busyMs: z.number(),
	/** null where nothing was measured. */
	tokensPerSecond: spreadSchema.nullable(),
	ttftMs: percentileSchema.nullable(),
	loads: z.int(),
	loadFailures: z.int(),
	crashes: z.int(),
});

export const dayUsageSchema = z.object({
	/** "2026-11-26", by the clock of who asks. */
	day: z.string(),
	answers: z.int(),
	promptTokens: z.int(),
	completionTokens: z.int(),
});

/** What answers took over some days. */
export const usageSchema = z.object({
	since: z.int(),
	/** Most answers first. */
	models: z.array(modelUsageSchema),
	/** Every day of the stretch, also those without an answer. */
	days: z.array(dayUsageSchema),
});

export type ActivityKind = z.infer<typeof activityKindSchema>;
export type ActivityResult = z.infer<typeof activityResultSchema>;
export type ActivityFilter = z.infer<typeof activityFilterSchema>;
export type ActivitySort = z.infer<typeof activitySortSchema>;
export type ActivityEntry = z.infer<typeof activityEntrySchema>;
export type AnswerFigures = z.infer<typeof answerFiguresSchema>;
export type Usage = z.infer<typeof usageSchema>;
export type ModelUsage = z.infer<typeof modelUsageSchema>;
export type DayUsage = z.infer<typeof dayUsageSchema>;

/** One part of a diagnostics bundle, as it would be saved. */
export const diagnosticPartSchema = z.object({
	name: z.string(),
	/** What it holds, for the person who decides whether to send it. */
	description: z.string(),
	/** JSON, or lines of a log. */
	text: z.string(),
});

export const diagnosticsSchema = z.object({
	fileName: z.string(),
	madeAt: z.int(),
	parts: z.array(diagnosticPartSchema),
});

export type DiagnosticPart = z.infer<typeof diagnosticPartSchema>;
export type Diagnostics = z.infer<typeof diagnosticsSchema>;

/** What can be freed without losing anything that is still needed. */
export const freeableSchema = z.enum([
	'database',
	'set-aside',
	'unfinished-downloads',
	'old-backups',
	'logs',
	'saved-states',
]);

export const storagePartSchema = z.object({
	name: z.enum([
		'database',
		'backups',
		'models',
		'unfinished-downloads',
		'set-aside',
		'saved-states',
		'logs',
		'page-cache',
		'other',
	]),
	bytes: z.int(),
	files: z.int(),
	/** Where it lies: a file or a folder. */
	path: z.string(),
	/** What a free of this part gives back, bytes; 0 where there is nothing to give. */
	freeableBytes: z.int(),
});

export const storageSchema = z.object({
	dataFolder: z.string(),
	parts: z.array(storagePartSchema),
	totalBytes: z.int(),
	/** Models outside the data folder: people's own files, which Assay never deletes. */
	elsewhere: z.object({ files: z.int(), bytes: z.int() }),
	disk: z.object({ freeBytes: z.int(), totalBytes: z.int() }),
});

export type Freeable = z.infer<typeof freeableSchema>;
export type StoragePart = z.infer<typeof storagePartSchema>;
export type Storage = z.infer<typeof storageSchema>;
