import { z } from 'zod';
import { call } from '../call.ts';

/** Text that is typed and not sent yet. */
export const draftSchema = z.object({
	/** null: of a conversation that has not begun. */
	conversationId: z.int().nullable(),
	text: z.string().max(4_000_000),
	updatedAt: z.int(),
});

export const draftCalls = {
	/** Every draft there is. */
	list: call.output(z.object({ drafts: z.array(draftSchema) })),
	/** On the disk when it answers. An empty text is no draft. */
	set: call.input(draftSchema.omit({ updatedAt: true })).output(z.object({ kept: z.boolean() })),
};

export type Draft = z.infer<typeof draftSchema>;
