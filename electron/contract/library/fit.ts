import { z } from 'zod';
import { kvTypeSchema, loadOptionsSchema } from '../../../models/contract/load.ts';

/** Whether a model runs here beside everything else: with room to spare, just so, or not. */
export const fitVerdictSchema = z.enum(['fits', 'tight', 'wont-fit']);

/** Part of the memory that a loaded model takes. */
export const fitPartSchema = z.object({
	kind: z.enum(['weights', 'repacked', 'kv', 'state', 'compute', 'process', 'correction']),
	bytes: z.int(),
	where: z.enum(['ram', 'vram']),
});

/** Options of a load that an estimate depends on, every one decided. */
export const fitOptionsSchema = z.object({
	contextSize: z.int(),
	keyType: kvTypeSchema,
	valueType: kvTypeSchema,
	flashAttention: z.boolean(),
	mapWeights: z.boolean(),
	batchSize: z.int(),
	gpuLayers: z.int(),
});

/** What of the options may be changed to see what it frees. */
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

/** One change that frees memory, and what the verdict would be then. */
export const fitLeverSchema = z.object({
	kind: z.enum(['context', 'kv-type', 'unload-others']),
	change: fitChangeSchema,
	freesBytes: z.int(),
	verdict: fitVerdictSchema,
});

export const fitSchema = z.object({
	/** null: a file that the library does not have. */
	modelFileId: z.int().nullable(),
	options: fitOptionsSchema,
	/** What the context may be: the model's trained length, and what this computer has room for. */
	trainedContext: z.int().nullable(),
	/** Largest context that still fits with the other options, tokens; 0: none. */
	largestContext: z.int(),
	parts: z.array(fitPartSchema),
	/** All parts in main memory, and on the GPU. */
	needBytes: z.int(),
	vramBytes: z.int(),
	/** null: the processor computes everything. `freeBytes` is null where the GPU shares main memory. */
	gpu: z.object({ layers: z.int(), most: z.int(), freeBytes: z.int().nullable() }).nullable(),
	/** Kept free for everything else on the computer. */
	headroomBytes: z.int(),
	/** need + headroom. */
	sumBytes: z.int(),
	/** Free for models: what the computer can give, and what loaded models would give back. */
	freeBytes: z.int(),
	totalBytes: z.int(),
	/** free − sum; negative: that much is missing. */
	spareBytes: z.int(),
	/** Less to spare than this is tight. */
	tightBytes: z.int(),
	verdict: fitVerdictSchema,
	levers: z.array(fitLeverSchema),
	/** What the last load was estimated at and took; later estimates are corrected by it. */
	last: z.object({ at: z.int(), predictedBytes: z.int(), measuredBytes: z.int() }).nullable(),
});

/** Memory of this computer as models see it. */
export const memorySchema = z.object({
	totalBytes: z.int(),
	/** What the computer can give now plus what loaded models hold. */
	freeBytes: z.int(),
	/** Held by loaded models. */
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
