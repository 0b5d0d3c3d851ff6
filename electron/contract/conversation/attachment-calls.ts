import { z } from 'zod';
import { byId, call } from '../call.ts';
import { attachedTextSchema, attachmentSchema } from './attachment.ts';

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
