import { z } from 'zod';
import { byId, call } from '../call.ts';
import { techniqueSchema } from '../evaluation/technique.ts';
import {
	promptContentSchema,
	promptDiffSchema,
	promptNameSchema,
	promptPreviewSchema,
	promptSampleSchema,
	promptSchema,
	promptVersionSchema,
} from './schema.ts';

export const promptCalls = {
	/** By name; with `deleted` only those in the trash. */
	list: call
		.input(z.object({ deleted: z.boolean().default(false) }).prefault({}))
		.output(z.object({ prompts: z.array(promptSchema) })),
	/** Versions newest first. Fails with `prompt-unknown`. */
	get: call.input(byId).output(z.object({ prompt: promptSchema, versions: z.array(promptVersionSchema) })),
	/** With its first version. Fails with `prompt-name-taken`, `template-invalid`. */
	create: call
		.input(
			promptContentSchema.extend({
				name: promptNameSchema,
				description: z.string().max(10_000).default(''),
				note: z.string().max(2_000).default(''),
			}),
		)
		.output(promptSchema),
	/** Name and description only: what a version says never changes. */
	rename: call
		.input(byId.extend({ name: promptNameSchema, description: z.string().max(10_000).optional() }))
		.output(promptSchema),
	/** A further version, the newest one from now on; what equals the newest already adds nothing. */
	addVersion: call
		.input(promptContentSchema.extend({ id: z.int(), note: z.string().max(2_000).default('') }))
		.output(promptSchema),
	/** To the trash. */
	remove: call.input(byId).output(promptSchema),
	restore: call.input(byId).output(promptSchema),
	/** Deletes what is in the trash for good; `ids` null: all of it. Those that runs were made with stay. */
	empty: call
		.input(z.object({ ids: z.array(z.int()).max(10_000).nullable() }))
		.output(z.object({ prompts: z.int(), kept: z.array(z.string()) })),
	/** What changes from one version to another, of any prompts. */
	diff: call.input(z.object({ fromVersionId: z.int(), toVersionId: z.int() })).output(promptDiffSchema),
	/** What the model would be given: of a text that is not saved yet, for one sample. */
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
