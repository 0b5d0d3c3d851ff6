import { z } from 'zod';
import { byId, call } from '../call.ts';
import {
	feedbackEntrySchema,
	feedbackExportFormatSchema,
	feedbackExportSchema,
	feedbackFilterSchema,
	feedbackItemSchema,
	feedbackSummarySchema,
	messageFeedbackSchema,
	rateInputSchema,
} from './schema.ts';

export const filterInput = z.object({ filter: feedbackFilterSchema.prefault({}) });

export const byMessage = z.object({ messageId: z.int() });

export const feedbackCalls = {
	of: call
		.input(z.object({ messageIds: z.array(z.int()).max(1000) }))
		.output(z.object({ feedback: z.array(messageFeedbackSchema) })),
	/** Everything said of an answer, newest first; what was removed is left out. */
	history: call.input(byMessage).output(z.object({ entries: z.array(feedbackEntrySchema) })),
	rate: call.input(rateInputSchema).output(messageFeedbackSchema),
	correct: call
		.input(byMessage.extend({ correction: z.string().max(4_000_000).nullable() }))
		.output(messageFeedbackSchema),
	/** The page says what was done with an answer that only it can see. */
	notice: call.input(byMessage.extend({ signal: z.enum(['copied']) })).output(messageFeedbackSchema),
	removeSignal: call.input(byId).output(messageFeedbackSchema),
	confirmSignal: call.input(byId).output(messageFeedbackSchema),
	/** Newest first. `before` is the `at` and message of the last one seen. */
	list: call
		.input(
			filterInput.extend({
				limit: z.int().min(1).max(500).default(100),
				before: z.object({ at: z.int(), messageId: z.int() }).optional(),
				/** Longest prompt and answer to be sent whole. */
				characters: z.int().min(1).max(4_000_000).default(4_000),
			}),
		)
		.output(z.object({ feedback: z.array(feedbackItemSchema) })),
	summary: call.input(filterInput).output(feedbackSummarySchema),
	/** Asked for again with `after` = `next` until that is null: whoever reads sets the pace. */
	export: call
		.input(filterInput.extend({ format: feedbackExportFormatSchema, after: z.int().nullable().default(null) }))
		.output(feedbackExportSchema),
};
