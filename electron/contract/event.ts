import { z } from 'zod';
import { downloadSchema, modelStateSchema } from './model.ts';
import { statusSchema } from './system.ts';

/** Facts that every page hears of. They say what changed; the page fetches what it shows. */
export const applicationEventSchema = z.discriminatedUnion('type', [
	z.object({ type: z.literal('conversation-changed'), conversationId: z.int() }),
	z.object({
		type: z.literal('generation-started'),
		conversationId: z.int(),
		messageId: z.int(),
		generationId: z.int(),
	}),
	z.object({
		type: z.literal('generation-ended'),
		conversationId: z.int(),
		messageId: z.int(),
		generationId: z.int(),
	}),
	z.object({ type: z.literal('feedback-changed'), messageId: z.int() }),
	z.object({ type: z.literal('models-changed') }),
	z.object({ type: z.literal('model-state'), state: modelStateSchema }),
	z.object({ type: z.literal('download'), download: downloadSchema }),
	z.object({ type: z.literal('settings-changed') }),
	z.object({ type: z.literal('status'), status: statusSchema }),
]);

export type ApplicationEvent = z.infer<typeof applicationEventSchema>;
