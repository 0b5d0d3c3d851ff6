import { z } from 'zod';
import { quantizeTypeSchema } from '../../../models/contract/native.ts';
import { byId, call } from '../call.ts';
import { jobSchema } from '../job/job.ts';

/** Files to be made of a model. */
export const quantizeInputSchema = byId.extend({
	types: z.array(quantizeTypeSchema).max(40),
	/** An importance matrix, as llama-imatrix or Assay writes it. */
	imatrix: z.string().min(1).nullable().default(null),
	/** A text file that a matrix is computed from first. */
	imatrixText: z.string().min(1).nullable().default(null),
});

/** How a file of the library came about that was made here. */
export const quantizeOriginSchema = z.object({
	parent: z.object({ id: z.int(), name: z.string(), quantization: z.string() }),
	type: quantizeTypeSchema,
	/** Tensors that could not get the type the file is named after. */
	fallbacks: z.array(
		z.object({ tensor: z.string(), from: z.string(), to: z.string(), reason: z.string().default('') }),
	),
	/** Tensors of the whole file; null: an earlier Assay did not note it. */
	tensors: z.int().nullable().default(null),
	warnings: z.array(z.string()),
	/** `datasets`: names of the texts it was computed from. */
	imatrix: z.object({ path: z.string(), chunks: z.int(), datasets: z.array(z.string()).default([]) }).nullable(),
	engine: z.string(),
	at: z.int(),
});

/** Smaller files of a model, made here. */
export const quantizeCalls = {
	/** Makes them in the background; they enter the library when all are there. */
	make: call.input(quantizeInputSchema).output(jobSchema),
	madeOf: call.input(byId).output(z.object({ made: quantizeOriginSchema.nullable() })),
};

export type QuantizeInput = z.infer<typeof quantizeInputSchema>;
export type QuantizeOrigin = z.infer<typeof quantizeOriginSchema>;
