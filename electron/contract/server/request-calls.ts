import { z } from 'zod';
import { byId, call } from '../call.ts';
import { conversationSchema } from '../conversation/schema.ts';
import { changeSchema, datasetNameSchema, datasetSchema, sampleTagSchema, splitNameSchema } from '../dataset/schema.ts';
import {
	keyLimitsSchema,
	keyUsageSchema,
	requestBodySchema,
	requestFiguresSchema,
	requestFilterSchema,
	serverRequestSchema,
} from './request-log.ts';
import { serverKeySchema } from './schema.ts';

const filter = requestFilterSchema.prefault({});
const ids = z.array(z.int()).min(1).max(10_000);

/** Requests of other programs. The event `server-requests-changed` says that these are outdated. */
export const requestCalls = {
	/** Those being answered, in order of arrival. */
	liveRequests: call.output(z.object({ requests: z.array(serverRequestSchema) })),
	/** Ended ones, newest first. `total` counts the matches. `before`: the id of the last one of the page before. */
	requests: call
		.input(z.object({ filter, before: z.int().optional(), limit: z.int().min(1).max(500).default(100) }).prefault({}))
		.output(z.object({ requests: z.array(serverRequestSchema), total: z.int() })),
	/** Counts, percentiles and the values of the filter. */
	requestFigures: call.input(z.object({ filter }).prefault({})).output(requestFiguresSchema),
	/** Most requests first. */
	keyUsage: call
		.input(z.object({ from: z.int().optional(), to: z.int().optional() }).prefault({}))
		.output(z.object({ keys: z.array(keyUsageSchema) })),
	/** `body`: null unless its texts are kept. FAILED `request-unknown`. */
	request: call.input(byId).output(z.object({ request: serverRequestSchema, body: requestBodySchema.nullable() })),
	/**
	 * Moves requests to the trash: at once they are in no list and no figure. `ids` null: all that match the filter.
	 * `deletedAt` undoes it.
	 */
	deleteRequests: call
		.input(z.object({ ids: ids.nullable(), filter }))
		.output(z.object({ deleted: z.int(), deletedAt: z.int() })),
	/** Takes a deletion back. `restored`: how many were left to restore. */
	restoreRequests: call.input(z.object({ deletedAt: z.int() })).output(z.object({ restored: z.int() })),
	/** Permanently deletes the requests in the trash. Resolves when the database holds nothing of them. */
	emptyRequestTrash: call.output(z.object({ deleted: z.int() })),
	/** Deletes the kept texts of requests for good, and keeps their figures; `ids` null: of all. */
	deleteBodies: call.input(z.object({ ids: ids.nullable() })).output(z.object({ deleted: z.int() })),
	/**
	 * Stores the request as a conversation, with the answer, to be continued or answered again there. FAILED
	 * `request-unknown`, `request-not-kept`, `request-without-prompt`.
	 */
	replayRequest: call.input(byId).output(conversationSchema),
	/**
	 * Adds requests to a dataset: the prompt is the input, the correction or else the answer the target. `targets`: 'rated'
	 * leaves out those whose answer nobody rated good or corrected. FAILED `request-unknown`, `request-not-kept`,
	 * `nothing-to-add`.
	 */
	addRequestsToDataset: call
		.input(
			z.object({
				ids,
				into: z.union([z.object({ datasetId: z.int() }), z.object({ name: datasetNameSchema })]),
				targets: z.enum(['answers', 'rated', 'none']).default('answers'),
				split: splitNameSchema.optional(),
				tags: z.array(sampleTagSchema).max(16).default([]),
			}),
		)
		.output(changeSchema.extend({ dataset: datasetSchema, known: z.int(), leftOut: z.int() })),
	/** FAILED `server-key-unknown`. */
	setKeyLimits: call.input(byId.extend({ limits: keyLimitsSchema })).output(serverKeySchema),
};
