import { z } from 'zod';
import { samplingSchema } from '../../../models/contract/sampling.ts';
import { combinationPattern } from './shortcut-keys.ts';

const keysSchema = z.record(z.string().max(60), z.union([z.literal(''), z.string().max(40).regex(combinationPattern)]));

/** Everything a person can set for the whole application. Stored one row a key; a missing key means its default. */
export const settingsSchema = z.object({
	theme: z.enum(['system', 'light', 'dark']),
	networkBlocked: z.boolean(),
	/** Address of the model hub: a mirror, or one's own; empty: the usual one. */
	hubUrl: z.string().max(500),
	sampling: samplingSchema,
	systemPrompt: z.string(),
	/** What new conversations begin with; null: the two above alone. */
	defaultPresetId: z.int().nullable(),
	listWidth: z.int().min(200).max(360),
	inspectorOpen: z.boolean(),
	inspectorWidth: z.int().min(200).max(360),
	/** Whether what people do with answers (copy, stop, ask again) is noted as feedback. */
	collectSignals: z.boolean(),
	/** Days after which what is in the trash is deleted for good; null: only by hand. */
	trashDays: z.int().min(1).max(3_650).nullable(),
	/** MB that the states of conversations may take on disk, so that they go on at once after a restart; 0: none is kept. */
	stateLimitMb: z.int().min(0).max(1_000_000),
	/** Minutes after which a model that nobody used is unloaded; null: never. */
	unloadAfterMinutes: z.int().min(1).max(10_080).nullable(),
	/** Whether long lines of code wrap instead of scrolling. */
	wrapCode: z.boolean(),
	/** Keys that differ from the usual ones. */
	keys: z.object({ window: keysSchema, tab: keysSchema }),
});

export type Settings = z.infer<typeof settingsSchema>;
