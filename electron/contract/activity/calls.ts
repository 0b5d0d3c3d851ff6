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
	/** Any stretch of the table: `total` is how many entries the filter leaves. */
	list: call
		.input(
			filterInput.extend({
				sort: activitySortSchema.default({ by: 'time', descending: true }),
				offset: z.int().min(0).default(0),
				limit: z.int().min(0).max(500).default(100),
			}),
		)
		.output(z.object({ total: z.int(), entries: z.array(activityEntrySchema) })),
	/** With what the model's process or the job said last, where something failed. */
	get: call.input(byId).output(z.object({ entry: activityEntrySchema, failure: failureSchema.nullable() })),
	usage: call
		.input(
			z.object({
				days: z.int().min(1).max(90),
				/** Minutes that the clock of who asks is ahead of UTC: days begin at its midnight. */
				utcOffset: z.int().min(-840).max(840).default(0),
			}),
		)
		.output(usageSchema),
	/** Asked for again with `after` = `next` until that is null. The whole is the pages' texts one after the other. */
	export: call
		.input(filterInput.extend({ format: z.enum(['csv', 'json']), after: z.int().nullable().default(null) }))
		.output(z.object({ fileName: z.string(), text: z.string(), entries: z.int(), next: z.int().nullable() })),
	/** Empties the log. `restore` brings it back for a minute, then it is gone for good. */
	clear: call.output(z.object({ cleared: z.int(), upTo: z.int() })),
	restore: call.input(z.object({ upTo: z.int() })).output(z.object({ restored: z.boolean() })),
};

export const diagnosticCalls = {
	/** What helps to find a fault; no text of any conversation, no names of people's folders. Nothing is saved or sent. */
	collect: call.output(diagnosticsSchema),
};

export const storageCalls = {
	usage: call.output(storageSchema),
	/** Answers with what it gave back and how things stand then. */
	free: call
		.input(z.object({ what: freeableSchema }))
		.output(z.object({ freedBytes: z.int(), storage: storageSchema })),
};
