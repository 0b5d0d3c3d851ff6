import { z } from 'zod';
import { nativeConditionsSchema, nativeWarningSchema, pathSchema, threadsSchema } from './conditions.ts';

/** Every type that llama-quantize offers, best first. */
export const quantizeTypeSchema = z.enum([
	'F32',
	'F16',
	'BF16',
	'Q8_0',
	'Q6_K',
	'Q5_K_M',
	'Q5_K_S',
	'Q5_1',
	'Q5_0',
	'Q4_K_M',
	'Q4_K_S',
	'Q4_1',
	'Q4_0',
	'IQ4_NL',
	'IQ4_XS',
	'MXFP4_MOE',
	'Q3_K_L',
	'Q3_K_M',
	'Q3_K_S',
	'IQ3_M',
	'IQ3_S',
	'IQ3_XS',
	'IQ3_XXS',
	'Q2_K',
	'Q2_K_S',
	'Q2_0',
	'IQ2_M',
	'IQ2_S',
	'IQ2_XS',
	'IQ2_XXS',
	'TQ2_0',
	'TQ1_0',
	'IQ1_M',
	'IQ1_S',
	'Q1_0',
]);

export type QuantizeType = z.infer<typeof quantizeTypeSchema>;

export const quantizeTaskSchema = z.object({
	kind: z.literal('quantize'),
	input: pathSchema,
	outputs: z.array(z.object({ type: quantizeTypeSchema, path: pathSchema })).min(1),
	/** Path of an importance matrix, as written by llama-imatrix or Assay. */
	imatrix: pathSchema.nullable().default(null),
	/** Allows a source that is already quantised; the result carries a warning. */
	allowRequantize: z.boolean().default(false),
	/** Replaces existing files. */
	overwrite: z.boolean().default(false),
	threads: threadsSchema,
});

export type QuantizeTask = z.infer<typeof quantizeTaskSchema>;

/** A tensor that did not get its intended type. */
const quantizeFallbackSchema = z.object({
	tensor: z.string(),
	from: z.string(),
	to: z.string(),
	reason: z.string(),
});

export type QuantizeFallback = z.infer<typeof quantizeFallbackSchema>;

const quantizeOutputSchema = z.object({
	path: z.string(),
	type: quantizeTypeSchema,
	sizeBytes: z.int(),
	bitsPerWeight: z.number(),
	tensors: z.array(z.object({ type: z.string(), count: z.int(), bytes: z.int() })),
	fallbacks: z.array(quantizeFallbackSchema),
	sha256: z.string(),
	elapsedMs: z.number(),
});

export type QuantizeOutput = z.infer<typeof quantizeOutputSchema>;

export const quantizeResultSchema = z.object({
	outputs: z.array(quantizeOutputSchema),
	source: z.object({ path: z.string(), quantization: z.string(), sizeBytes: z.int() }),
	imatrix: z
		.object({
			path: z.string(),
			entries: z.int(),
			chunks: z.int(),
			datasets: z.array(z.string()),
		})
		.nullable(),
	warnings: z.array(nativeWarningSchema),
	conditions: nativeConditionsSchema,
});

export type QuantizeResult = z.infer<typeof quantizeResultSchema>;
