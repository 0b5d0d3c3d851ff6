import { z } from 'zod';
import { failureSchema } from '../../../models/contract/failure.ts';
import { byId, call } from '../call.ts';
import {
	activityEntrySchema,
	activityFilterSchema,
	activitySortSchema,
	diagnosticsSchema,
	freeableSchema,
	storageSchema,
	usageSchema,
} from './schema.ts';

export const filterInput = z.object({ filter: activityFilterSchema.prefault({}) });

export const activityCalls = {
	/** Returns any page of the table; `total` counts the entries that match the filter. */
	list: call
		.input(
			filterInput.extend({
				sort: activitySortSchema.default({ by: 'time', descending: true }),
				offset: z.int().min(0).default(0),
				limit: z.int().min(0).max(500).default(100),
			}),
		)
		.output(z.object({ total: z.int(), entries: z.array(activityEntrySchema) })),
	/** Includes the last output of the model's process or the job if something failed. */
	get: call.input(byId).output(z.object({ entry: activityEntrySchema, failure: failureSchema.nullable() })),
	usage: call
		.input(
			z.object({
				days: z.int().min(1).max(90),
				/** Minutes that the caller's clock is ahead of UTC: days begin at the caller's midnight. */
				utcOffset: z.int().min(-840).max(840).default(0),
			}),
		)
		.output(usageSchema),
	/** Call again with `after` = `next` until it is null. The pages' texts joined make the whole file. */
	export: call
		.input(filterInput.extend({ format: z.enum(['csv', 'json']), after: z.int().nullable().default(null) }))
		.output(z.object({ fileName: z.string(), text: z.string(), entries: z.int(), next: z.int().nullable() })),
	/** Empties the log. `restore` undoes it for a minute; after that the entries are deleted. */
	clear: call.output(z.object({ cleared: z.int(), upTo: z.int() })),
	restore: call.input(z.object({ upTo: z.int() })).output(z.object({ restored: z.boolean() })),
};

export const diagnosticCalls = {
	/**
	 * Collects what helps to find a fault, without conversation text or names of personal folders. Saves and sends
	 * nothing.
	 */
	collect: call.output(diagnosticsSchema),
};

export const storageCalls = {
	usage: call.output(storageSchema),
	/** Returns the freed bytes and the new state. */
	free: call
		.input(z.object({ what: freeableSchema }))
		.output(z.object({ freedBytes: z.int(), storage: storageSchema })),
};
