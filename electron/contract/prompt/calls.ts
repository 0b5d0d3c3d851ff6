import { z } from 'zod';
import { byId, call } from '../call.ts';
import { techniqueSchema } from '../evaluation/technique.ts';
import {
	newPromptContentSchema,
	promptContentSchema,
	promptDiffSchema,
	promptDraftContentSchema,
	promptDraftSchema,
	promptIdSchema,
	promptNameSchema,
	promptPreviewSchema,
	promptSampleSchema,
	promptSchema,
	promptVersionIdSchema,
	promptVersionSchema,
} from './schema.ts';

export const promptCalls = {
	/** By name; with `deleted`, only those in the trash. */
	list: call
		.input(z.object({ deleted: z.boolean().default(false) }).prefault({}))
		.output(z.object({ prompts: z.array(promptSchema) })),
	/** Versions newest first. Fails with `prompt-unknown`. */
	get: call.input(byId).output(z.object({ prompt: promptSchema, versions: z.array(promptVersionSchema) })),
	/** Creates a prompt with its first version, which may be empty. Fails with `prompt-name-taken`, `template-invalid`. */
	create: call
		.input(
			newPromptContentSchema.extend({
				name: promptNameSchema,
				description: z.string().max(10_000).default(''),
				note: z.string().max(2_000).default(''),
			}),
		)
		.output(promptSchema),
	/** Changes name and description only: the content of a version never changes. */
	rename: call
		.input(byId.extend({ name: promptNameSchema, description: z.string().max(10_000).optional() }))
		.output(promptSchema),
	/** Adds a version, which becomes the newest; adds nothing if it equals the newest. Replaces an empty first version. */
	addVersion: call
		.input(promptContentSchema.extend({ id: promptIdSchema, note: z.string().max(2_000).default('') }))
		.output(promptSchema),
	/** The unsaved text of every prompt that has some. */
	drafts: call.output(z.object({ drafts: z.array(promptDraftSchema) })),
	/** Returns once the unsaved text is on disk; null removes it. Fails with `prompt-unknown`. */
	setDraft: call
		.input(z.object({ id: promptIdSchema, draft: promptDraftContentSchema.nullable() }))
		.output(z.object({ kept: z.boolean() })),
	/** Moves the prompt to the trash. */
	remove: call.input(byId).output(promptSchema),
	restore: call.input(byId).output(promptSchema),
	/** Deletes a prompt for good if nothing depends on it: no run, no draft, no second version. */
	discard: call.input(byId).output(z.object({ discarded: z.boolean() })),
	/** Permanently deletes items in the trash; `ids` null: all of them. Keeps those that a run used. */
	empty: call
		.input(z.object({ ids: z.array(z.int()).max(10_000).nullable() }))
		.output(z.object({ prompts: z.int(), kept: z.array(z.string()) })),
	/** The differences between two versions, of any prompts. */
	diff: call
		.input(z.object({ fromVersionId: promptVersionIdSchema, toVersionId: promptVersionIdSchema }))
		.output(promptDiffSchema),
	/** The prompt that the model would get for one sample, from text that is not saved yet. */
	preview: call
		.input(
			z.object({
				content: promptContentSchema,
				technique: techniqueSchema.default({ kind: 'zero-shot', extract: { kind: 'whole' } }),
				sample: promptSampleSchema,
				examples: z.array(promptSampleSchema).max(64).default([]),
			}),
		)
		.output(promptPreviewSchema),
};
