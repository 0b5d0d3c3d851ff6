import { z } from 'zod';
import { turnSchema } from '../../../models/contract/generation.ts';

const promptTextSchema = z.string().max(1_000_000);

/** One line, unique among the prompts that are not in the trash, whatever its case. */
export const promptNameSchema = z.string().trim().min(1).max(200);

/** What a version says. `{{name}}` stands for a variable of the sample; nothing in a template runs. */
export const promptContentSchema = z.object({
	/** System prompt, a template too; '': none. */
	system: promptTextSchema.default(''),
	/** The user's turn. `{{input}}`, `{{choices}}` (lettered lines), `{{examples}}` (few-shot slot) and the dataset's columns. */
	template: promptTextSchema.min(1),
	/** One few-shot example, `{{target}}` included; '': the template and then the target. */
	example: promptTextSchema.default(''),
});

export const promptVersionSchema = promptContentSchema.extend({
	id: z.int(),
	promptId: z.int(),
	number: z.int(),
	/** What this version changes, in the person's words. */
	note: z.string(),
	/** Of system, template and example; two versions with the same one are the same prompt. */
	sha256: z.string(),
	/** Names used, in the order of their first use. */
	variables: z.array(z.string()),
	createdAt: z.int(),
});

export const promptSchema = z.object({
	id: z.int(),
	name: z.string(),
	description: z.string(),
	/** One that comes with Assay; null: the person's own. */
	starterId: z.string().nullable(),
	/** How many there are. */
	versions: z.int(),
	latest: promptVersionSchema,
	createdAt: z.int(),
	updatedAt: z.int(),
	/** In the trash since; null: it isn't. */
	deletedAt: z.int().nullable(),
});

/** What a prompt needs of a sample; samples of a dataset fit. */
export const promptSampleSchema = z.object({
	/** Text, or turns that end with the user's. */
	input: z.union([promptTextSchema, z.array(turnSchema).max(1_000)]),
	target: promptTextSchema.nullable().default(null),
	choices: z.array(promptTextSchema).max(1_000).nullable().default(null),
	variables: z.record(z.string(), promptTextSchema).default({}),
	/** Of it `targetIndex` and `targetIndices` are read: places of the right choices. */
	metadata: z.record(z.string(), z.unknown()).default({}),
});

/** What a model is asked: to write, or how likely it finds texts after a context. */
export const promptRequestSchema = z.discriminatedUnion('kind', [
	z.object({
		kind: z.literal('generate'),
		turns: z.array(turnSchema),
		/** The same without a chat template, for base models. */
		text: z.string(),
		/** How many answers, of which the most frequent counts; 1 but for self-consistency. */
		votes: z.int(),
		/** null: that of the run's parameters. */
		temperature: z.number().nullable(),
		/** GBNF that the answer has to follow; null: anything. */
		grammar: z.string().nullable(),
	}),
	z.object({
		kind: z.literal('likelihood'),
		/** Logarithms of probabilities are asked for each continuation after its context. */
		items: z.array(z.object({ context: z.string(), continuations: z.array(z.string()) })),
	}),
]);

/** A run of text that stays, comes or goes between two versions. */
export const diffPartSchema = z.object({ kind: z.enum(['same', 'added', 'removed']), text: z.string() });

export const promptDiffSchema = z.object({
	system: z.array(diffPartSchema),
	template: z.array(diffPartSchema),
	example: z.array(diffPartSchema),
});

export const promptPreviewSchema = z.object({
	variables: z.array(z.string()),
	/** Variables that the sample does not have. */
	missing: z.array(z.string()),
	/** null where something is missing. */
	request: promptRequestSchema.nullable(),
	/** For people: an unused sample column is none, a template without {{input}} is. */
	warnings: z.array(z.string()),
});

export type PromptContent = z.infer<typeof promptContentSchema>;
export type PromptVersion = z.infer<typeof promptVersionSchema>;
export type Prompt = z.infer<typeof promptSchema>;
export type PromptSample = z.infer<typeof promptSampleSchema>;
export type PromptRequest = z.infer<typeof promptRequestSchema>;
export type DiffPart = z.infer<typeof diffPartSchema>;
export type PromptDiff = z.infer<typeof promptDiffSchema>;
export type PromptPreview = z.infer<typeof promptPreviewSchema>;
