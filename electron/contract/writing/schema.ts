import { z } from 'zod';
import { failureSchema } from '../../../models/contract/failure.ts';
import { stopReasonSchema } from '../../../models/contract/generation.ts';
import { gpuLayersSchema, gpuSchema } from '../../../models/contract/gpu.ts';
import { samplingChoicesSchema, samplingSchema } from '../../../models/contract/sampling.ts';

/** Longest text of a page, in characters; a context holds far less. */
export const maxPageCharacters = 2_000_000;

/** A page as the list shows it. */
export const pageEntrySchema = z.object({
	id: z.int(),
	title: z.string(),
	/** Length of its text. */
	characters: z.int(),
	createdAt: z.int(),
	updatedAt: z.int(),
	/** null: not in the trash. */
	deletedAt: z.int().nullable(),
	/** In the trash: when it is deleted for good; null: only by hand. */
	goneAt: z.int().nullable(),
	/** Id of the text being written on it, to follow and to stop; null: none. */
	continuationId: z.int().nullable(),
});

export const pageSchema = pageEntrySchema.extend({
	/** 'automatic': the first line, which changes with it. */
	titleSource: z.enum(['automatic', 'user']),
	text: z.string(),
	/** Counts the changes of the text; a change names the one it is based on. */
	revision: z.int(),
	/** null: the default model. */
	modelFileId: z.int().nullable(),
	/** Chosen values; others come from the settings, and the length from `usualPageTokens`. */
	sampling: samplingChoicesSchema,
});

export const savePageInputSchema = z.object({
	id: z.int(),
	text: z.string().max(maxPageCharacters),
	/** The revision that was edited; null replaces the text whatever it is. */
	revision: z.int().nullable(),
});

export const continuePageInputSchema = z.object({
	id: z.int(),
	revision: z.int(),
	/** Where the model continues, in UTF-16 units: it is given the text before. */
	at: z.int().min(0),
});

/** A text to continue that is not stored. */
export const continueTextInputSchema = z.object({
	text: z.string().max(maxPageCharacters),
	modelFileId: z.int().nullable().default(null),
	sampling: samplingChoicesSchema.default({}),
	contextSize: z.int().min(128).optional(),
	threads: z.int().min(1).optional(),
	gpu: gpuSchema.optional(),
	gpuLayers: gpuLayersSchema.optional(),
});

/** How a text came about: enough to write it again. */
export const continuationResultSchema = z.object({
	/** null if it was cut off. */
	stopReason: stopReasonSchema.nullable(),
	stopString: z.string().nullable(),
	promptTokens: z.int(),
	cachedTokens: z.int(),
	completionTokens: z.int(),
	/** Tokens of the text before that did not fit into the context, at its start. */
	leftOutTokens: z.int(),
	ttftMs: z.number(),
	tokensPerSecond: z.number().nullable(),
	modelName: z.string(),
	engineBuild: z.string(),
	contextSize: z.int(),
	sampling: samplingSchema,
	failure: failureSchema.nullable(),
});

/** Update that a follower of a continuation receives: first a snapshot, last the end. */
export const continuationUpdateSchema = z.discriminatedUnion('type', [
	/** `text` is everything written so far, at `at`. */
	z.object({ type: z.literal('snapshot'), at: z.int(), text: z.string() }),
	z.object({
		type: z.literal('loading'),
		modelName: z.string(),
		/** A loading stage, or 'queued' while the model writes other answers first. */
		stage: z.string(),
		fraction: z.number().nullable(),
	}),
	z.object({ type: z.literal('prompt'), processed: z.int(), total: z.int() }),
	z.object({
		type: z.literal('tokens'),
		text: z.string(),
		completionTokens: z.int(),
		tokensPerSecond: z.number().nullable(),
	}),
	z.object({
		type: z.literal('end'),
		text: z.string(),
		result: continuationResultSchema,
		/** The page's revision with the text on it; null: it is not stored. */
		revision: z.int().nullable(),
	}),
]);

/** The context that a page uses. All numbers are tokens. */
export const pageTokensSchema = z.object({
	/** false: the model is not loaded, and the numbers are estimated. */
	exact: z.boolean(),
	contextSize: z.int(),
	/** Kept free for what the model writes. */
	answerRoom: z.int(),
	/** The whole page. */
	total: z.int(),
	/** The text before the cursor. */
	before: z.int(),
	/** Of that, what the model is given. */
	sent: z.int(),
});

export type PageEntry = z.infer<typeof pageEntrySchema>;
export type Page = z.infer<typeof pageSchema>;
export type SavePageInput = z.infer<typeof savePageInputSchema>;
export type ContinuePageInput = z.infer<typeof continuePageInputSchema>;
export type ContinueTextInput = z.infer<typeof continueTextInputSchema>;
export type ContinuationResult = z.infer<typeof continuationResultSchema>;
export type ContinuationUpdate = z.infer<typeof continuationUpdateSchema>;
export type PageTokens = z.infer<typeof pageTokensSchema>;
