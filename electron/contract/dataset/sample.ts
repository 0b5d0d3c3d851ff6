import { z } from 'zod';
import { turnSchema } from '../../../models/contract/generation.ts';

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
export const sampleContentSchema = z.object({
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
