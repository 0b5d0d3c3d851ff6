import { z } from 'zod';
import { failureSchema } from '../../../models/contract/failure.ts';

/**
 * What happens with the oldest messages once a conversation outgrows the context. `drop`: they are left out. `summary`: a
 * summary stands for them, as soon as one is ready. `retrieve`: they are left out, but passages of them that are about
 * the message are sent with it.
 */
export const overflowPolicySchema = z.enum(['drop', 'summary', 'retrieve']);

/** What became of the oldest messages in the prompt of an answer. */
export const overflowUseSchema = z.object({
	policy: overflowPolicySchema,
	/** The oldest message in the prompt; null: it is the message that is answered. */
	firstSentId: z.int().nullable(),
	/** Number of messages before it that nothing stands for. */
	leftOut: z.int(),
	/** The summary that stands for every message up to `untilId`; null: none. */
	summary: z
		.object({
			/** null: it was deleted since. */
			id: z.int().nullable(),
			/** Version, from 1 in each conversation. */
			number: z.int(),
			untilId: z.int(),
			/** Number of messages that it stands for. */
			messages: z.int(),
		})
		.nullable(),
});

/** A version of the summary of the beginning of a branch. Versions are never changed. */
export const summarySchema = z.object({
	id: z.int(),
	conversationId: z.int(),
	/** From 1 in each conversation. */
	number: z.int(),
	text: z.string(),
	/** The last message that it covers. It belongs to every branch that contains this message. */
	untilId: z.int(),
	/** Number of messages that it covers. */
	messages: z.int(),
	writtenBy: z.enum(['model', 'person']),
	/** The model that wrote it; '' for a person. */
	modelName: z.string(),
	createdAt: z.int(),
	/** Whether it covers the beginning of the branch that is shown; else it belongs to another branch. */
	onBranch: z.boolean(),
});

/** The summaries of a conversation, and what is being done about them. */
export const summariesSchema = z.object({
	policy: overflowPolicySchema,
	/** Newest version first. */
	versions: z.array(summarySchema),
	/** The version that stands for the beginning of the current branch once the context is full; null: none yet. */
	activeId: z.int().nullable(),
	/** A version that is being made; null: none. */
	making: z
		.object({
			/** `waiting`: until nobody chats and nothing is measured, or until the model is loaded. */
			state: z.enum(['waiting', 'writing']),
			/** Share that is done, 0 to 1. */
			fraction: z.number(),
			/** Why the last attempt failed; null: it didn't. */
			problem: failureSchema.nullable(),
		})
		.nullable(),
});

/** Longest text of a summary that a person writes, characters. */
export const maxSummaryCharacters = 100_000;

export type OverflowPolicy = z.infer<typeof overflowPolicySchema>;
export type OverflowUse = z.infer<typeof overflowUseSchema>;
export type Summary = z.infer<typeof summarySchema>;
export type Summaries = z.infer<typeof summariesSchema>;
