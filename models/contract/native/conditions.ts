import { z } from 'zod';
import { failureSchema } from '../failure.ts';

/** Inference threads. */
export const threadsSchema = z.int().min(1).max(256);
export const pathSchema = z.string().min(1);

/** Something the user should know about a result; the result itself holds. */
export const nativeWarningSchema = z.object({ code: z.string(), message: z.string() });

export type NativeWarning = z.infer<typeof nativeWarningSchema>;

/** The engine and machine a number came from. */
export const nativeConditionsSchema = z.object({
	/** e.g. "llama.cpp 0.4.0-dev". */
	engine: z.string(),
	/** Instruction sets that llama.cpp uses on this processor. */
	systemInfo: z.string(),
	devices: z.array(z.string()),
	/** Of the model, on the GPU among `devices`; left out: none. */
	gpuLayers: z.int().optional(),
	/** Why the GPU that was asked for was not used, so that the processor computed everything. */
	gpuFailure: failureSchema.optional(),
	threads: z.int(),
});

export type NativeConditions = z.infer<typeof nativeConditionsSchema>;

export const nativeModelSchema = z.object({
	path: z.string(),
	architecture: z.string(),
	description: z.string(),
	parameters: z.int(),
	/** Of all tensors. */
	sizeBytes: z.int(),
	layers: z.int(),
	embeddingLength: z.int(),
	trainedContextLength: z.int(),
	vocabularySize: z.int(),
});
