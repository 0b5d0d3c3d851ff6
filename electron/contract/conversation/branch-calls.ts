import { z } from 'zod';
import { call } from '../call.ts';
import { conversationSchema, generationStartSchema, messageSchema } from '../conversation.ts';

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
