import { z } from 'zod';
import { samplingSchema } from '../../models/contract/sampling.ts';

/** Everything a person can set for the whole application. Stored one row a key; a missing key means its default. */
export const settingsSchema = z.object({
	theme: z.enum(['system', 'light', 'dark']),
	networkBlocked: z.boolean(),
	sampling: samplingSchema,
	systemPrompt: z.string(),
	listWidth: z.int().min(200).max(360),
	inspectorOpen: z.boolean(),
});

export type Settings = z.infer<typeof settingsSchema>;
