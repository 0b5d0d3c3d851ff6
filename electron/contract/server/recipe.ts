import { z } from 'zod';
import { adapterUsesSchema } from '../adapters/schema.ts';
import { presetSchema } from '../conversation/schema.ts';

/**
 * How a model is asked: everything that was chosen or measured besides the model. The prompt with its technique and examples is
 * applied to each message; the numbers apply where a request gives none.
 */
export const recipeSchema = presetSchema.pick({
	systemPrompt: true,
	sampling: true,
	contextSize: true,
	prompt: true,
	adapters: true,
});

export type Recipe = z.infer<typeof recipeSchema>;

/** The recipe that changes nothing. */
export const plainRecipe: Recipe = { systemPrompt: '', sampling: {}, contextSize: null };

/** The name that stands for the default model with the default preset. */
export const defaultModelName = 'default';

/** A name as programs send it for a model, such as "gpt-4o" or "openai/gpt-4o". */
export const aliasNameSchema = z
	.string()
	.trim()
	.min(1)
	.max(100)
	.regex(/^[\p{L}\p{N}][\p{L}\p{N}._:/@+-]*$/u, 'letters, digits and . _ : / @ + -, without spaces')
	.refine((name) => name.toLowerCase() !== defaultModelName, `"${defaultModelName}" is the default model`);

/** Where a recipe came from, with the names of that time. */
export const recipeSourceSchema = z.discriminatedUnion('kind', [
	/** The model alone. */
	z.object({ kind: z.literal('none') }),
	z.object({ kind: z.literal('preset'), name: z.string() }),
	/** The combination of a run that was measured. */
	z.object({ kind: z.literal('run'), runId: z.int(), label: z.string() }),
]);

export type RecipeSource = z.infer<typeof recipeSourceSchema>;

/** One change of an alias; the newest of a name counts. */
export const aliasSchema = z.object({
	id: z.int(),
	name: z.string(),
	/** null: that model has left the library. */
	modelFileId: z.int().nullable(),
	/** Name and quantisation at the time. */
	modelName: z.string(),
	source: recipeSourceSchema,
	/** null: the name was removed. */
	recipe: recipeSchema.nullable(),
	setAt: z.int(),
});

export type Alias = z.infer<typeof aliasSchema>;

/** What an alias is to name: a model alone, with a preset or with LoRA adapters (in place of the preset's), or a combination of a run with all that was measured. */
export const aliasInputSchema = z.object({
	name: aliasNameSchema,
	target: z.union([
		z.object({
			modelFileId: z.int(),
			presetId: z.int().nullable().default(null),
			adapters: adapterUsesSchema.optional(),
		}),
		z.object({ armId: z.int() }),
	]),
});

export type AliasInput = z.infer<typeof aliasInputSchema>;
