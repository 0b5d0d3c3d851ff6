import { z } from 'zod';

export const ratingSchema = z.enum(['up', 'down']);

/** Why an answer is not what it should be; further tags are a person's own words. */
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

/** One thing that was noticed about an answer. */
export const noticedSignalSchema = z.object({
	id: z.int(),
	signal: signalSchema,
	/** 'suggested' was read out of someone's words and counts only when confirmed. */
	source: z.enum(['person', 'behaviour', 'suggested']),
	evidence: z.string().nullable(),
	createdAt: z.int(),
});

/** What holds now for one answer. */
export const messageFeedbackSchema = z.object({
	messageId: z.int(),
	rating: ratingSchema.nullable(),
	tags: z.array(z.string()),
	comment: z.string().nullable(),
	/** What the answer should have been; the original stays. */
	correction: z.string().nullable(),
	signals: z.array(noticedSignalSchema),
	/** Earlier ratings and corrections that were replaced. */
	earlier: z.int(),
});

/** One thing that was said or noticed, as history keeps it. */
export const feedbackEntrySchema = z.object({
	id: z.int(),
	kind: z.enum(['rating', 'correction', 'signal']),
	/** null for one that was cleared, and for other kinds. */
	rating: ratingSchema.nullable(),
	tags: z.array(z.string()),
	comment: z.string().nullable(),
	/** null for one that was taken back, and for other kinds. */
	correction: z.string().nullable(),
	signal: signalSchema.nullable(),
	source: z.enum(['person', 'behaviour', 'suggested']),
	evidence: z.string().nullable(),
	createdAt: z.int(),
	/** null: it holds now. */
	supersededAt: z.int().nullable(),
});

export const feedbackFilterSchema = z.object({
	/** 'any': rated or corrected. 'suggested': unrated, and somebody's words suggest a rating nobody confirmed yet. */
	rating: z.enum(['up', 'down', 'corrected', 'suggested', 'any']).default('any'),
	tag: z.string().optional(),
	modelFileId: z.int().optional(),
	/** The model and its quantisation in the answer's own record, as `feedbackCountSchema` names them. */
	modelName: z.string().optional(),
	quantization: z.string().optional(),
	/** Only where the prompt before the answer holds this text, whatever its case. */
	prompt: z.string().max(1000).optional(),
	/** Milliseconds since 1970, both inclusive. */
	from: z.int().optional(),
	to: z.int().optional(),
});

/** One row of the feedback screen. */
export const feedbackItemSchema = messageFeedbackSchema.extend({
	conversationId: z.int(),
	conversationTitle: z.string(),
	/** The message answered and the answer, cut to as many characters as were asked for. */
	prompt: z.string(),
	answer: z.string(),
	modelName: z.string(),
	quantization: z.string(),
	at: z.int(),
});

/** Ratings of one model file; the share of thumbs up with its 95 % Wilson interval. */
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

/** Numbers beside the list. Each leaves out the part of the filter that it is there to choose. */
export const feedbackSummarySchema = z.object({
	/** Answers by what `filter.rating` would leave. */
	totals: z.object({ any: z.int(), up: z.int(), down: z.int(), corrected: z.int(), suggested: z.int() }),
	counts: z.array(feedbackCountSchema),
	/**
	 * The two models with the most thumbs, the one with the larger share of thumbs up first, and how much larger that is
	 * with its 95 % interval (Newcombe). null where two have no thumbs.
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

/** 'sft': messages to imitate. 'preference': prompt, chosen, rejected. Both JSON Lines. 'csv': one row an answer. */
export const feedbackExportFormatSchema = z.enum(['sft', 'preference', 'csv']);

/** One page of an export; the whole is the pages' texts one after the other. */
export const feedbackExportSchema = z.object({
	fileName: z.string(),
	text: z.string(),
	/** Lines (CSV: rows without the head) on this page. */
	lines: z.int(),
	/** Answers on this page that say nothing in this format, such as a thumb down without a correction in 'sft'. */
	leftOut: z.int(),
	/** `after` of the next page; null: this was the last. */
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
