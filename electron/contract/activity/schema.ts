import { z } from 'zod';
import { saidSchema } from '../../../models/contract/said-schema.ts';

export const activityKindSchema = z.enum([
	'answer',
	'load',
	'unload',
	'crash',
	'download',
	'network',
	'job',
	'default',
]);

/** Result in one word: 'stopped' by the user, 'blocked' by the network switch. */
export const activityResultSchema = z.enum(['fine', 'stopped', 'failed', 'blocked']);

export const activityFilterSchema = z.object({
	kinds: z.array(activityKindSchema).optional(),
	results: z.array(activityResultSchema).optional(),
	/** Milliseconds since 1970; both ends are included. */
	since: z.int().optional(),
	until: z.int().optional(),
	/** Matches anywhere in the subject, outcome or details; case is ignored. */
	text: z.string().max(1_000).optional(),
});

export const activitySortSchema = z.object({
	by: z.enum(['time', 'kind', 'subject', 'outcome']),
	descending: z.boolean(),
});

/** Tokens and times of an answer. */
export const answerFiguresSchema = z.object({
	promptTokens: z.int(),
	cachedTokens: z.int(),
	completionTokens: z.int(),
	ttftMs: z.number(),
	promptMs: z.number(),
	generationMs: z.number(),
});

/** One entry of the activity log. */
export const activityEntrySchema = z.object({
	id: z.int(),
	at: z.int(),
	kind: activityKindSchema,
	/** A model with its quantisation, a host, a file, a job's title. */
	subject: z.string(),
	result: activityResultSchema,
	/** Outcome: 'loaded', a stop reason, the code of a failure, an HTTP status. */
	outcome: z.string(),
	/** Why it failed; null if it did not fail. */
	message: z.string().nullable(),
	/** Further figures by name: `bytes`, `purpose`, `loadMs`. */
	facts: z.record(z.string(), z.union([z.string(), z.number()])),
	figures: answerFiguresSchema.nullable(),
	modelFileId: z.int().nullable(),
	/** The answer and its conversation, while both exist. */
	messageId: z.int().nullable(),
	conversationId: z.int().nullable(),
});

/** A quantity measured over several answers: the median and the middle half of the values. */
export const spreadSchema = z.object({ n: z.int(), median: z.number(), low: z.number(), high: z.number() });

/** A 95th percentile with its 95 % interval from order statistics; `high` is null if there are too few answers. */
export const percentileSchema = z.object({
	n: z.int(),
	value: z.number(),
	low: z.number(),
	high: z.number().nullable(),
});

export const modelUsageSchema = z.object({
	/** Name and quantisation at that time. */
	model: z.string(),
	answers: z.int(),
	/** Answers that the user stopped, and answers that failed; both count as answers. */
	stopped: z.int(),
	failed: z.int(),
	promptTokens: z.int(),
	cachedTokens: z.int(),
	completionTokens: z.int(),
	/** Time spent on prompts and generation, ms. */
	busyMs: z.number(),
	/** null if nothing was measured. */
	tokensPerSecond: spreadSchema.nullable(),
	ttftMs: percentileSchema.nullable(),
	loads: z.int(),
	loadFailures: z.int(),
	crashes: z.int(),
});

export const dayUsageSchema = z.object({
	/** "2026-11-26", in the caller's time zone. */
	day: z.string(),
	answers: z.int(),
	promptTokens: z.int(),
	completionTokens: z.int(),
});

/** Usage by answers over some days. */
export const usageSchema = z.object({
	since: z.int(),
	/** Most answers first. */
	models: z.array(modelUsageSchema),
	/** Every day of the period, including days without an answer. */
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
	/** Tells the user what the part contains, to help decide whether to send it. */
	description: z.string(),
	/** JSON, or lines of a log. */
	text: z.string(),
	/** Messages of these texts, by which the page words them in its language. */
	said: z.array(saidSchema).optional(),
});

export const diagnosticsSchema = z.object({
	fileName: z.string(),
	madeAt: z.int(),
	parts: z.array(diagnosticPartSchema),
});

export type DiagnosticPart = z.infer<typeof diagnosticPartSchema>;
export type Diagnostics = z.infer<typeof diagnosticsSchema>;

/** Space that can be freed without losing anything that is still needed. */
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
	/** Path of a file or folder. */
	path: z.string(),
	/** Bytes that freeing this part would give back; 0 if none. */
	freeableBytes: z.int(),
});

export const storageSchema = z.object({
	dataFolder: z.string(),
	parts: z.array(storagePartSchema),
	totalBytes: z.int(),
	/** Models outside the data folder: the user's own files, which Assay never deletes. */
	elsewhere: z.object({ files: z.int(), bytes: z.int() }),
	disk: z.object({ freeBytes: z.int(), totalBytes: z.int() }),
});

export type Freeable = z.infer<typeof freeableSchema>;
export type StoragePart = z.infer<typeof storagePartSchema>;
export type Storage = z.infer<typeof storageSchema>;
