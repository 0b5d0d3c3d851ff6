import { z } from 'zod';
import { turnSchema } from '../../../models/contract/generation.ts';

/** Numbers of prompts and of their versions are of two types, so that one can't be given in place of the other. */
export const promptIdSchema = z.int().brand<'PromptId', 'inout'>();
export const promptVersionIdSchema = z.int().brand<'PromptVersionId', 'inout'>();

const promptTextSchema = z.string().max(1_000_000);

/** One line, unique among the prompts outside the trash, ignoring case. */
export const promptNameSchema = z.string().trim().min(1).max(200);

/** The content of a version. `{{name}}` is a variable of the sample; templates execute no code. */
export const promptContentSchema = z.object({
	/** System prompt, also a template; '': none. */
	system: promptTextSchema.default(''),
	/** The user's turn. `{{input}}`, `{{choices}}` (lettered lines), `{{examples}}` (few-shot slot) and the dataset's columns. */
	template: promptTextSchema.min(1),
	/** One few-shot example, `{{target}}` included; '': the template and then the target. */
	example: promptTextSchema.default(''),
});

/** The content of a new prompt, which may be empty; it can't be evaluated until something is written. */
export const newPromptContentSchema = promptContentSchema.extend({ template: promptTextSchema });

/** Unsaved text, which need not be valid yet. */
export const promptDraftContentSchema = z.object({
	system: promptTextSchema,
	template: promptTextSchema,
	example: promptTextSchema,
});

export const promptDraftSchema = promptDraftContentSchema.extend({ promptId: promptIdSchema });

export const promptVersionSchema = promptContentSchema.extend({
	/** '': nothing is written yet. Only the first version of a prompt can be empty; the first text replaces it. */
	template: promptTextSchema,
	id: promptVersionIdSchema,
	promptId: promptIdSchema,
	number: z.int(),
	/** What this version changes, in the user's words. */
	note: z.string(),
	/** Hash of system, template and example; two versions with the same hash are the same prompt. */
	sha256: z.string(),
	/** Variable names in the order of first use. */
	variables: z.array(z.string()),
	createdAt: z.int(),
});

export const promptSchema = z.object({
	id: promptIdSchema,
	name: z.string(),
	description: z.string(),
	/** Id of a bundled item, which comes with Assay; null: the user's own. */
	starterId: z.string().nullable(),
	/** Number of versions. */
	versions: z.int(),
	latest: promptVersionSchema,
	createdAt: z.int(),
	updatedAt: z.int(),
	/** When it was moved to the trash; null: it is not there. */
	deletedAt: z.int().nullable(),
});

/** The part of a sample that a prompt needs; dataset samples have it. */
export const promptSampleSchema = z.object({
	/** Text, or turns that end with the user's. */
	input: z.union([promptTextSchema, z.array(turnSchema).max(1_000)]),
	target: promptTextSchema.nullable().default(null),
	choices: z.array(promptTextSchema).max(1_000).nullable().default(null),
	variables: z.record(z.string(), promptTextSchema).default({}),
	/** Only `targetIndex` and `targetIndices` are read: positions of the right choices. */
	metadata: z.record(z.string(), z.unknown()).default({}),
});

/** A request to a model: to write, or to rate how likely texts are after a context. */
export const promptRequestSchema = z.discriminatedUnion('kind', [
	z.object({
		kind: z.literal('generate'),
		turns: z.array(turnSchema),
		/** The same without a chat template, for base models. */
		text: z.string(),
		/** Number of answers, of which the most frequent counts; 1 except for self-consistency. */
		votes: z.int(),
		/** null: the temperature of the run's parameters. */
		temperature: z.number().nullable(),
		/** GBNF that the answer must follow; null: unrestricted. */
		grammar: z.string().nullable(),
	}),
	z.object({
		kind: z.literal('likelihood'),
		/** The model returns log-probabilities for each continuation after its context. */
		items: z.array(z.object({ context: z.string(), continuations: z.array(z.string()) })),
	}),
]);

/** A piece of text that is the same in both versions, added or removed. */
export const diffPartSchema = z.object({ kind: z.enum(['same', 'added', 'removed']), text: z.string() });

export const promptDiffSchema = z.object({
	system: z.array(diffPartSchema),
	template: z.array(diffPartSchema),
	example: z.array(diffPartSchema),
});

export const promptPreviewSchema = z.object({
	variables: z.array(z.string()),
	/** Variables that the sample lacks. */
	missing: z.array(z.string()),
	/** null if something is missing. */
	request: promptRequestSchema.nullable(),
	/** For people: a template without {{input}} causes a warning, an unused sample column does not. */
	warnings: z.array(z.string()),
});

export type PromptId = z.infer<typeof promptIdSchema>;
export type PromptVersionId = z.infer<typeof promptVersionIdSchema>;
export type PromptContent = z.infer<typeof promptContentSchema>;
/**
 * Content that is to become a version. A version itself is not accepted: spread into a call, its id would take the place
 * of the prompt's.
 */
export type PromptText = PromptContent & { readonly id?: never; readonly promptId?: never };
export type PromptDraftContent = z.infer<typeof promptDraftContentSchema>;
export type PromptDraft = z.infer<typeof promptDraftSchema>;
export type PromptVersion = z.infer<typeof promptVersionSchema>;
export type Prompt = z.infer<typeof promptSchema>;
export type PromptSample = z.infer<typeof promptSampleSchema>;
export type PromptRequest = z.infer<typeof promptRequestSchema>;
export type DiffPart = z.infer<typeof diffPartSchema>;
export type PromptDiff = z.infer<typeof promptDiffSchema>;
export type PromptPreview = z.infer<typeof promptPreviewSchema>;
