import { z } from 'zod';
import { byId, call } from '../call.ts';
import { comparisonSchema } from './comparison.ts';

/** What a comparison that is done could be measured on besides. */
export const extensionRoomSchema = z.object({
	/** Chunks of each text now, and of the longest text; null: all of them are measured, or there are no texts. */
	texts: z.object({ chunks: z.int(), most: z.int() }).nullable(),
	/**
	 * Samples now and in the dataset today, and about how many would show a difference half as large as is shown now; null:
	 * all of them are measured, or there is no task.
	 */
	samples: z.object({ now: z.int(), most: z.int(), wanted: z.int(), datasetName: z.string() }).nullable(),
});

/** More to measure on. What is left out stays as it is; null: all there is. */
export const extensionSchema = z.object({
	id: z.int(),
	chunks: z.int().min(2).nullable().optional(),
	samples: z.int().min(1).nullable().optional(),
});

/** A comparison that is there already: measured on more, on fewer files, or once more. */
export const comparisonExtensionCalls = {
	room: call.input(byId).output(extensionRoomSchema),
	/** What was measured stands until all files were measured on more. */
	grow: call.input(extensionSchema).output(comparisonSchema),
	/** Leaves a file out of the table and the verdict, or takes it in again. */
	drop: call.input(z.object({ id: z.int(), candidateId: z.int(), dropped: z.boolean() })).output(comparisonSchema),
	/** The same plan once more, as a comparison of its own. */
	again: call.input(byId).output(comparisonSchema),
};

export type ExtensionRoom = z.infer<typeof extensionRoomSchema>;
export type Extension = z.infer<typeof extensionSchema>;
