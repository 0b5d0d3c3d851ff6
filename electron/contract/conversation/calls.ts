import { z } from 'zod';
import { byId, call } from '../call.ts';
import {
	answerFormatSchema,
	answerOptionsSchema,
	attachedTextSchema,
	attachmentSchema,
	contextSizeChoiceSchema,
	conversationSchema,
	generationStartSchema,
	messageSchema,
	presetInputSchema,
	presetSchema,
	samplingChoicesSchema,
} from './schema.ts';

/** null: the conversation that has not begun. */
const byConversation = z.object({ conversationId: z.int().nullable() });

const file = z.file();

export const attachmentCalls = {
	/** Reads a text file or PDF, and keeps its text with what is being written in that conversation. */
	add: call.input(byConversation.extend({ file })).output(attachmentSchema),
	/** Reads one and keeps nothing. */
	read: call.input(z.object({ file })).output(attachedTextSchema),
	/** What waits to be sent in a conversation, in the order it was added. */
	waiting: call.input(byConversation).output(z.object({ attachments: z.array(attachmentSchema) })),
	/** Only while it waits: what was sent stays. */
	remove: call.input(byId).output(z.object({ removed: z.boolean() })),
	/** The text that the model is given. */
	text: call.input(byId).output(attachedTextSchema),
};

const byMessage = z.object({ messageId: z.int() });

/** Part of `conversations`. */
export const branchCalls = {
	/** A new conversation that begins as a copy of the branch up to this message. The old one stays as it is. */
	branch: call.input(byMessage).output(conversationSchema),
	/** A further answer beside this one that begins with its text and goes on. */
	continue: call.input(byMessage).output(generationStartSchema),
	/** Every message that shares its parent with this one, in full, oldest first. */
	versions: call.input(byMessage).output(z.object({ messages: z.array(messageSchema) })),
};

const changedOptionsSchema = z.object({ conversation: conversationSchema, options: answerOptionsSchema });

export const presetCalls = {
	/** By name. */
	list: call.output(z.object({ presets: z.array(presetSchema) })),
	/** Fails with `preset-name-taken`. */
	create: call.input(presetInputSchema).output(presetSchema),
	/** Replaces all of it. */
	update: call.input(byId.extend(presetInputSchema.shape)).output(presetSchema),
	/** Conversations that use it keep its numbers as their own; says how many. */
	remove: call.input(byId).output(z.object({ conversations: z.int() })),
};

/** Part of `conversations`. */
export const optionCalls = {
	/** Fails with `schema-invalid`, `schema-unsupported`. Replaces the conversation's own choices; what is left out comes from its preset, then from the settings. */
	setOptions: call
		.input(
			byId.extend({
				sampling: samplingChoicesSchema,
				contextSize: contextSizeChoiceSchema,
				answerFormat: answerFormatSchema,
			}),
		)
		.output(changedOptionsSchema),
	/** Copies the preset's system prompt, if it has one, and drops the conversation's own choices; null: no preset. */
	applyPreset: call.input(byId.extend({ presetId: z.int().nullable() })).output(changedOptionsSchema),
};
