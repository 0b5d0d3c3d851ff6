import { z } from 'zod';

export const ratingSchema = z.enum(['up', 'down']);

/** Reasons why an answer falls short; users may add tags of their own. */
export const suggestedTags = [
	'wrong-fact',
	'did-not-follow',
	'too-long',
	'too-short',
	'not-clear',
	'wrong-language',
	'refused',
	'repeats',
] as const;

const tagsSchema = z.array(z.string().trim().min(1).max(60)).max(16);

export const signalSchema = z.enum([
	'regenerated',
	'edited',
	'copied',
	'stopped',
	'rephrased',
	'continued',
	'praised',
	'contradicted',
]);

/** A signal noticed about an answer. */
export const noticedSignalSchema = z.object({
	id: z.int(),
	signal: signalSchema,
	/** 'suggested' was inferred from the user's words and counts only once confirmed. */
	source: z.enum(['person', 'behaviour', 'suggested']),
	evidence: z.string().nullable(),
	createdAt: z.int(),
});

/** Current feedback on one answer. */
export const messageFeedbackSchema = z.object({
	messageId: z.int(),
	rating: ratingSchema.nullable(),
	tags: z.array(z.string()),
	comment: z.string().nullable(),
	/** The user's corrected answer; the original stays. */
	correction: z.string().nullable(),
	signals: z.array(noticedSignalSchema),
	/** Number of earlier ratings and corrections that were replaced. */
	earlier: z.int(),
});

/** One entry of the feedback history: a rating, a correction or a signal. */
export const feedbackEntrySchema = z.object({
	id: z.int(),
	kind: z.enum(['rating', 'correction', 'signal']),
	/** null if the rating was cleared, and for other kinds. */
	rating: ratingSchema.nullable(),
	tags: z.array(z.string()),
	comment: z.string().nullable(),
	/** null if the correction was withdrawn, and for other kinds. */
	correction: z.string().nullable(),
	signal: signalSchema.nullable(),
	source: z.enum(['person', 'behaviour', 'suggested']),
	evidence: z.string().nullable(),
	createdAt: z.int(),
	/** null: still current. */
	supersededAt: z.int().nullable(),
});

export const feedbackFilterSchema = z.object({
	/** 'any': rated or corrected. 'suggested': unrated, with a suggested rating that nobody has confirmed yet. */
	rating: z.enum(['up', 'down', 'corrected', 'suggested', 'any']).default('any'),
	tag: z.string().optional(),
	modelFileId: z.int().optional(),
	/** Model and quantisation from the answer's own record, named as in `feedbackCountSchema`. */
	modelName: z.string().optional(),
	quantization: z.string().optional(),
	/** Only answers whose prompt contains this text, regardless of case. */
	prompt: z.string().max(1000).optional(),
	/** Milliseconds since 1970, both inclusive. */
	from: z.int().optional(),
	to: z.int().optional(),
});

/** One row of the feedback screen. */
export const feedbackItemSchema = messageFeedbackSchema.extend({
	conversationId: z.int(),
	conversationTitle: z.string(),
	/** The answered message and the answer, each cut to the requested length. */
	prompt: z.string(),
	answer: z.string(),
	modelName: z.string(),
	quantization: z.string(),
	at: z.int(),
});

/** Ratings of one model file: the share of thumbs up with its 95 % Wilson interval. */
export const feedbackCountSchema = z.object({
	modelName: z.string(),
	quantization: z.string(),
	up: z.int(),
	down: z.int(),
	corrected: z.int(),
	share: z.number(),
	low: z.number(),
	high: z.number(),
});

export const rateInputSchema = z.object({
	messageId: z.int(),
	/** null clears it. */
	rating: ratingSchema.nullable(),
	tags: tagsSchema.default([]),
	comment: z.string().max(100_000).nullable().default(null),
});

/** Counts shown with the list. Each ignores the part of the filter that it serves to choose. */
export const feedbackSummarySchema = z.object({
	/** Number of answers for each value of `filter.rating`. */
	totals: z.object({ any: z.int(), up: z.int(), down: z.int(), corrected: z.int(), suggested: z.int() }),
	counts: z.array(feedbackCountSchema),
	/**
	 * The two models with the most thumbs, the one with the larger share of thumbs up first, and the difference with
	 * its 95 % interval (Newcombe). null if fewer than two models have thumbs.
	 */
	comparison: z
		.object({
			first: feedbackCountSchema,
			second: feedbackCountSchema,
			difference: z.number(),
			low: z.number(),
			high: z.number(),
		})
		.nullable(),
	/** Every tag in use, most used first. */
	tags: z.array(z.object({ tag: z.string(), count: z.int() })),
});

/**
 * 'sft': messages to imitate. 'preference': prompt, chosen, rejected. Both are JSON Lines. 'csv': one row per answer.
 */
export const feedbackExportFormatSchema = z.enum(['sft', 'preference', 'csv']);

/** One page of an export; concatenated, the pages' texts form the file. */
export const feedbackExportSchema = z.object({
	fileName: z.string(),
	text: z.string(),
	/** Number of lines on this page (CSV: rows without the header). */
	lines: z.int(),
	/**
	 * Number of answers on this page that the format cannot express, such as a thumb down without a correction in
	 * 'sft'.
	 */
	leftOut: z.int(),
	/** `after` for the next page; null: this is the last. */
	next: z.int().nullable(),
});

export type Rating = z.infer<typeof ratingSchema>;
export type Signal = z.infer<typeof signalSchema>;
export type NoticedSignal = z.infer<typeof noticedSignalSchema>;
export type MessageFeedback = z.infer<typeof messageFeedbackSchema>;
export type FeedbackFilter = z.infer<typeof feedbackFilterSchema>;
export type FeedbackItem = z.infer<typeof feedbackItemSchema>;
export type FeedbackCount = z.infer<typeof feedbackCountSchema>;
export type RateInput = z.infer<typeof rateInputSchema>;
export type FeedbackEntry = z.infer<typeof feedbackEntrySchema>;
export type FeedbackSummary = z.infer<typeof feedbackSummarySchema>;
export type FeedbackExport = z.infer<typeof feedbackExportSchema>;
export type FeedbackExportFormat = z.infer<typeof feedbackExportFormatSchema>;
