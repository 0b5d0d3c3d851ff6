import { z } from 'zod';
import { failureSchema } from '../../../models/contract/failure.ts';
import { turnSchema } from '../../../models/contract/generation.ts';

/** What one arm answered to a sample, short. */
export const cellSchema = z.object({
	armId: z.int(),
	/** null: not answered yet. */
	status: z.enum(['done', 'failed']).nullable(),
	/** The beginning of it, one line. */
	output: z.string(),
	/** What was extracted of it. */
	answer: z.string().nullable(),
	/** By scorer; null: could not be scored. */
	scores: z.record(z.string(), z.number().nullable()),
	/** Of the failure, in words. */
	failure: z.string().nullable(),
});

/** A sample with what each arm answered, in the order of the arms asked for. */
export const rowSchema = z.object({
	/** Of the sample in the run, from 0. */
	position: z.int(),
	epoch: z.int(),
	sampleId: z.int(),
	key: z.string(),
	/** The beginning of it, one line. */
	input: z.string(),
	target: z.string().nullable(),
	tags: z.array(z.string()),
	cells: z.array(cellSchema),
});

/**
 * all; different: the arms' scores are not all the same; right and wrong: an arm reaches `bound`, has less; tied and
 * beaten: an arm has half of the full score, less, as a judge of pairs gives; failed: an arm failed; unscored: an arm
 * could not be scored; gained and lost: the last arm scores higher, lower than the first.
 */
export const rowFilterSchema = z.enum([
	...(['all', 'different', 'right', 'wrong', 'tied', 'beaten'] as const),
	...(['failed', 'unscored', 'gained', 'lost'] as const),
]);

export const rowsInputSchema = z.object({
	/** Arms side by side, also of several runs: then rows are paired by the sample's key and content. */
	arms: z.array(z.int()).min(1).max(8),
	filter: rowFilterSchema.default('all'),
	/** The scorer that the filter looks at; null: the first. */
	scorer: z.string().nullable().default(null),
	/** The score from which on `right` holds. */
	bound: z.number().default(1),
	/** Only samples with this tag. */
	tag: z.string().nullable().default(null),
	/** Text in input, target or answers. */
	search: z.string().max(500).default(''),
	offset: z.int().min(0).default(0),
	limit: z.int().min(1).max(500).default(100),
});

export const rowPageSchema = z.object({
	rows: z.array(rowSchema),
	/** Rows that fit the filter. */
	total: z.int(),
});

/** Everything of one answer. */
export const answerSchema = z.object({
	armId: z.int(),
	label: z.string(),
	runId: z.int(),
	status: z.enum(['done', 'failed']).nullable(),
	failure: failureSchema.nullable(),
	/** The prompt as it was sent; empty where choices were scored without one, see `detail`. */
	turns: z.array(turnSchema),
	/** Why the prompt can't be shown, e.g. the prompt version is gone. */
	promptProblem: z.string().nullable(),
	output: z.string(),
	answer: z.string().nullable(),
	scores: z.array(z.object({ scorer: z.string(), value: z.number().nullable(), explanation: z.string() })),
	/** Votes of self-consistency: each answer and how many gave it. */
	votes: z.array(z.object({ answer: z.string().nullable(), output: z.string() })),
	/** Log-likelihood of each choice, nats. */
	choices: z.array(z.object({ text: z.string(), logLikelihood: z.number(), tokens: z.int(), chosen: z.boolean() })),
	promptTokens: z.int(),
	cachedTokens: z.int(),
	completionTokens: z.int(),
	stopReason: z.string().nullable(),
	/** Milliseconds. */
	ms: z.number().nullable(),
	seed: z.int(),
});

export const rowDetailSchema = z.object({
	position: z.int(),
	epoch: z.int(),
	sample: z.object({
		id: z.int(),
		key: z.string(),
		input: z.string(),
		target: z.string().nullable(),
		choices: z.array(z.string()),
		variables: z.record(z.string(), z.string()),
		tags: z.array(z.string()),
		cluster: z.string().nullable(),
		split: z.string(),
		/** Conversation and message it was made of; null: none. */
		messageId: z.int().nullable(),
	}),
	answers: z.array(answerSchema),
});

export type Cell = z.infer<typeof cellSchema>;
export type Row = z.infer<typeof rowSchema>;
export type RowFilter = z.infer<typeof rowFilterSchema>;
export type RowsInput = z.infer<typeof rowsInputSchema>;
export type RowPage = z.infer<typeof rowPageSchema>;
export type Answer = z.infer<typeof answerSchema>;
export type RowDetail = z.infer<typeof rowDetailSchema>;
