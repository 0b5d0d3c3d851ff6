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
	/** Returns all feedback on an answer, newest first, without removed entries. */
	history: call.input(byMessage).output(z.object({ entries: z.array(feedbackEntrySchema) })),
	rate: call.input(rateInputSchema).output(messageFeedbackSchema),
	correct: call
		.input(byMessage.extend({ correction: z.string().max(4_000_000).nullable() }))
		.output(messageFeedbackSchema),
	/** Records a user action on an answer that only the page can see. */
	notice: call.input(byMessage.extend({ signal: z.enum(['copied']) })).output(messageFeedbackSchema),
	removeSignal: call.input(byId).output(messageFeedbackSchema),
	confirmSignal: call.input(byId).output(messageFeedbackSchema),
	/** Newest first. `before` is `at` and message id of the last item received. */
	list: call
		.input(
			filterInput.extend({
				limit: z.int().min(1).max(500).default(100),
				before: z.object({ at: z.int(), messageId: z.int() }).optional(),
				/** Longest prompt and answer to return in full, in characters. */
				characters: z.int().min(1).max(4_000_000).default(4_000),
			}),
		)
		.output(z.object({ feedback: z.array(feedbackItemSchema) })),
	summary: call.input(filterInput).output(feedbackSummarySchema),
	/** Call again with `after` = `next` until `next` is null, so the reader controls the speed. */
	export: call
		.input(filterInput.extend({ format: feedbackExportFormatSchema, after: z.int().nullable().default(null) }))
		.output(feedbackExportSchema),
};
