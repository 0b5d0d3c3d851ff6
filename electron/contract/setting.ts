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
	inspectorWidth: z.int().min(200).max(360),
	/** Whether what people do with answers (copy, stop, ask again) is noted as feedback. */
	collectSignals: z.boolean(),
});

export type Settings = z.infer<typeof settingsSchema>;
