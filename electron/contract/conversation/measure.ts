import { z } from 'zod';
import { call } from '../call.ts';
import { attachedTextSchema, temporaryTurnSchema } from './attachment.ts';
import { maxAttachments } from './attachment-limits.ts';
import { answerOptionsSchema } from './options.ts';

/** What the next message would take of the context, counted before it is sent. All numbers are tokens. */
export const promptTokensSchema = z.object({
	/** false: the model is not loaded, and all numbers are estimates from the length of the texts. */
	exact: z.boolean(),
	contextSize: z.int(),
	/** Kept free for the answer; the prompt may fill the rest. */
	answerRoom: z.int(),
	system: z.int(),
	/** Messages before this one, those that would be left out included. */
	history: z.int(),
	/** Of this message. */
	attachments: z.int(),
	/** Its own text. */
	draft: z.int(),
	/** What the model's chat template writes around all of it. */
	template: z.int(),
	/** The sum: the prompt if nothing were left out. */
	total: z.int(),
	/** The prompt as it would be sent. */
	sent: z.int(),
	/** Messages that would be left out because the context is too small, by id, oldest first. */
	dropped: z.array(z.int()),
	/** By how much even the last message alone is too long; 0: it fits. */
	excess: z.int(),
	attachmentTokens: z.array(z.object({ id: z.int(), tokens: z.int() })),
});

export const countTokensInputSchema = z.object({
	/** null: a conversation that has not begun. */
	conversationId: z.int().nullable(),
	/** As in `send`: what the message stands after. */
	parentId: z.int().nullable().optional(),
	text: z.string().max(4_000_000),
	attachmentIds: z.array(z.int()).max(maxAttachments).default([]),
	/** Further ones, stored nowhere; `id` comes back with their tokens. */
	attachments: z
		.array(attachedTextSchema.extend({ id: z.int() }))
		.max(maxAttachments)
		.default([]),
	/** What was said before in a conversation that is stored nowhere; `dropped` counts in it from 0. */
	before: z.array(temporaryTurnSchema).max(10_000).optional(),
	modelFileId: z.int().nullable().optional(),
	systemPrompt: z.string().optional(),
	/** Of a conversation that has not begun. */
	options: answerOptionsSchema.optional(),
	contextSize: z.int().min(128).optional(),
});

/** Part of `conversations`. */
export const countTokensCalls = {
	/** Never loads a model. Fails as `send` would where there is no model to count with. */
	measure: call.input(countTokensInputSchema).output(promptTokensSchema),
};

export type PromptTokens = z.infer<typeof promptTokensSchema>;
export type CountTokensInput = z.infer<typeof countTokensInputSchema>;
/** The same as a client gives it. */
export type CountTokensRequest = z.input<typeof countTokensInputSchema>;
