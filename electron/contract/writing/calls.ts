import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { samplingChoicesSchema } from '../../../models/contract/sampling.ts';
import { byId, call } from '../call.ts';
import {
	continuationUpdateSchema,
	continuePageInputSchema,
	continueTextInputSchema,
	maxPageCharacters,
	pageEntrySchema,
	pageSchema,
	pageTokensSchema,
	savePageInputSchema,
} from './schema.ts';

const byContinuation = z.object({ continuationId: z.int() });

/** Pages to write on, and texts that a model continues without a chat template. */
export const writingCalls = {
	/** Last changed first; those in the trash, last deleted first. `total` counts all of them. */
	list: call
		.input(z.object({ limit: z.int().min(1).max(500).default(100), trash: z.boolean().default(false) }))
		.output(z.object({ pages: z.array(pageEntrySchema), total: z.int(), inTrash: z.int() })),
	get: call.input(byId).output(pageSchema),
	/** The new page takes model and values of the page changed last. */
	create: call
		.input(
			z.object({
				text: z.string().max(maxPageCharacters).default(''),
				title: z.string().max(500).optional(),
				modelFileId: z.int().nullable().optional(),
			}),
		)
		.output(pageSchema),
	/**
	 * Returns once the text is on disk. Fails with `page-changed` if it was changed elsewhere since `revision`, and with
	 * `page-busy` while the model writes on it.
	 */
	save: call.input(savePageInputSchema).output(pageEntrySchema.extend({ revision: z.int() })),
	/** An empty title: the first line again. */
	rename: call.input(byId.extend({ title: z.string().max(500) })).output(pageSchema),
	setOptions: call
		.input(byId.extend({ modelFileId: z.int().nullable(), sampling: samplingChoicesSchema }))
		.output(pageSchema),
	/** Stops and stores a continuation in progress, then moves the page to the trash. */
	remove: call.input(byId).output(pageSchema),
	restore: call.input(byId).output(pageSchema),
	/**
	 * Permanently deletes everything in the trash, or only `ids` of it. When it returns, the text is gone from the
	 * database and its log.
	 */
	emptyTrash: call
		.input(z.object({ ids: z.array(z.int()).min(1).max(1_000).optional() }))
		.output(z.object({ pages: z.int() })),
	/**
	 * Lets the model continue a page. The text is stored as it comes. Fails with `page-busy`, `page-changed`, `no-model`
	 * and the failure of a model that can't be used.
	 */
	continue: call.input(continuePageInputSchema).output(byContinuation),
	/** Continues a text without storing anything. It can be followed and stopped by its id for a minute. */
	continueText: call.input(continueTextInputSchema).output(byContinuation),
	/** Sends a snapshot, then updates, then `end`. Fails with `continuation-unknown`. */
	follow: call.input(byContinuation).output(eventIterator(continuationUpdateSchema)),
	/** Returns once the engine is idle again and the text is stored. */
	stop: call.input(byContinuation).output(z.object({ stopped: z.boolean() })),
	/** Counts with the page's model; loads nothing. */
	countTokens: call
		.input(
			z.object({
				modelFileId: z.int().nullable(),
				before: z.string().max(maxPageCharacters),
				after: z.string().max(maxPageCharacters),
			}),
		)
		.output(pageTokensSchema),
};
