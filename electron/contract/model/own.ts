import { z } from 'zod';
import { failureSchema } from '../../../models/contract/failure.ts';
import { loadOptionsSchema } from '../../../models/contract/load.ts';

/** How one model is loaded here; what is left out is decided at each load. */
export const modelOptionsSchema = loadOptionsSchema.partial();

/** One load of a model, how it was asked for and what came of it. */
export const modelLoadSchema = z.object({
	id: z.int(),
	at: z.int(),
	outcome: z.enum(['loaded', 'failed']),
	contextSize: z.int().nullable(),
	options: modelOptionsSchema,
	/** Peak of its process: estimated before, measured since. */
	predictedBytes: z.int().nullable(),
	measuredBytes: z.int().nullable(),
	loadMs: z.number().nullable(),
	threads: z.int().nullable(),
	/** Of the best thread count, tokens per second. */
	tokensPerSecond: z.number().nullable(),
	engineBuild: z.string(),
	failure: failureSchema.nullable(),
});

/** What the engine reports that a model can run on. */
export const computeDeviceSchema = z.object({
	kind: z.enum(['cpu', 'cuda', 'metal', 'vulkan', 'other']),
	name: z.string(),
	/** null: not known. */
	memoryBytes: z.int().nullable(),
	/** Of a GPU: what of it is free. */
	freeBytes: z.int().optional(),
	/** Why it can't be used here; left out: it can. */
	absent: z.string().optional(),
});

export type ModelOptions = z.infer<typeof modelOptionsSchema>;
export type ModelLoad = z.infer<typeof modelLoadSchema>;
export type ComputeDevice = z.infer<typeof computeDeviceSchema>;
