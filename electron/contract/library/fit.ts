import { z } from 'zod';
import { kvTypeSchema, loadOptionsSchema } from '../../../models/contract/load.ts';

/** Whether a model fits into memory next to everything else: with room to spare, barely, or not. */
export const fitVerdictSchema = z.enum(['fits', 'tight', 'wont-fit']);

/** One part of the memory that a loaded model takes. */
export const fitPartSchema = z.object({
	kind: z.enum(['weights', 'repacked', 'kv', 'state', 'compute', 'process', 'correction']),
	bytes: z.int(),
	where: z.enum(['ram', 'vram']),
});

/** Load options that an estimate depends on, all decided. */
export const fitOptionsSchema = z.object({
	contextSize: z.int(),
	keyType: kvTypeSchema,
	valueType: kvTypeSchema,
	flashAttention: z.boolean(),
	mapWeights: z.boolean(),
	batchSize: z.int(),
	gpuLayers: z.int(),
});

/** Options that can be changed to see how much memory that frees. */
export const fitChangeSchema = loadOptionsSchema
	.pick({
		contextSize: true,
		keyType: true,
		valueType: true,
		flashAttention: true,
		mapWeights: true,
		batchSize: true,
		gpu: true,
		gpuLayers: true,
		rope: true,
	})
	.partial();

/** One change that frees memory, and the verdict it leads to. */
export const fitLeverSchema = z.object({
	kind: z.enum(['context', 'kv-type', 'unload-others']),
	change: fitChangeSchema,
	freesBytes: z.int(),
	verdict: fitVerdictSchema,
});

export const fitSchema = z.object({
	/** null for a file that is not in the library. */
	modelFileId: z.int().nullable(),
	options: fitOptionsSchema,
	/** Limits of the context: the model's trained length, and what fits into memory here. */
	trainedContext: z.int().nullable(),
	/** Largest context that still fits with the other options, tokens; 0 if none does. */
	largestContext: z.int(),
	parts: z.array(fitPartSchema),
	/** Sum of all parts in main memory, and on the GPU. */
	needBytes: z.int(),
	vramBytes: z.int(),
	/** null: the processor computes everything. `freeBytes` is null if the GPU shares main memory. */
	gpu: z.object({ layers: z.int(), most: z.int(), freeBytes: z.int().nullable() }).nullable(),
	/** Memory kept free for everything else on the computer. */
	headroomBytes: z.int(),
	/** need + headroom. */
	sumBytes: z.int(),
	/** Memory free for models: what the computer has available plus what loaded models would give back. */
	freeBytes: z.int(),
	totalBytes: z.int(),
	/** free − sum; if negative, that much is missing. */
	spareBytes: z.int(),
	/** Spare memory below this counts as tight. */
	tightBytes: z.int(),
	verdict: fitVerdictSchema,
	levers: z.array(fitLeverSchema),
	/** Estimate and measurement of the last load; they correct later estimates. */
	last: z.object({ at: z.int(), predictedBytes: z.int(), measuredBytes: z.int() }).nullable(),
});

/** Memory of this computer from the models' point of view. */
export const memorySchema = z.object({
	totalBytes: z.int(),
	/** Memory that the computer has available now, plus what loaded models hold. */
	freeBytes: z.int(),
	/** Memory held by loaded models. */
	loadedBytes: z.int(),
	headroomBytes: z.int(),
});

export type FitVerdict = z.infer<typeof fitVerdictSchema>;
export type FitPart = z.infer<typeof fitPartSchema>;
export type FitOptions = z.infer<typeof fitOptionsSchema>;
export type FitChange = z.infer<typeof fitChangeSchema>;
export type FitLever = z.infer<typeof fitLeverSchema>;
export type Fit = z.infer<typeof fitSchema>;
export type Memory = z.infer<typeof memorySchema>;
