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
export const noticedSchema = z.object({
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
	signals: z.array(noticedSchema),
	/** Earlier ratings and corrections that were replaced. */
	earlier: z.int(),
});

export const feedbackFilterSchema = z.object({
	rating: z.enum(['up', 'down', 'corrected', 'any']).default('any'),
	tag: z.string().optional(),
	modelFileId: z.int().optional(),
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

export type Rating = z.infer<typeof ratingSchema>;
export type Signal = z.infer<typeof signalSchema>;
export type Noticed = z.infer<typeof noticedSchema>;
export type MessageFeedback = z.infer<typeof messageFeedbackSchema>;
export type FeedbackFilter = z.infer<typeof feedbackFilterSchema>;
export type FeedbackItem = z.infer<typeof feedbackItemSchema>;
export type FeedbackCount = z.infer<typeof feedbackCountSchema>;
export type RateInput = z.infer<typeof rateInputSchema>;
