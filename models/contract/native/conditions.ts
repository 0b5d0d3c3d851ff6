import { z } from 'zod';
import { failureSchema } from '../failure.ts';
import { saidSchema } from '../said-schema.ts';

/** Inference threads. */
export const threadsSchema = z.int().min(1).max(256);
export const pathSchema = z.string().min(1);

/** Something the user should know about a result, which is still valid. */
export const nativeWarningSchema = z.object({
	code: z.string(),
	message: z.string(),
	said: z.array(saidSchema).optional(),
});

export type NativeWarning = z.infer<typeof nativeWarningSchema>;

/** The engine and computer that produced a number. */
export const nativeConditionsSchema = z.object({
	/** For example "llama.cpp 0.4.0-dev". */
	engine: z.string(),
	/** Instruction sets that llama.cpp uses on this CPU. */
	systemInfo: z.string(),
	devices: z.array(z.string()),
	/** Layers of the model on the GPU that `devices` lists; absent if none. */
	gpuLayers: z.int().optional(),
	/** Why the requested GPU was not used and the CPU computed everything. */
	gpuFailure: failureSchema.optional(),
	threads: z.int(),
});

export type NativeConditions = z.infer<typeof nativeConditionsSchema>;

export const nativeModelSchema = z.object({
	path: z.string(),
	architecture: z.string(),
	description: z.string(),
	parameters: z.int(),
	/** Size of all tensors. */
	sizeBytes: z.int(),
	layers: z.int(),
	embeddingLength: z.int(),
	trainedContextLength: z.int(),
	vocabularySize: z.int(),
});
