import { z } from 'zod';
import { pathSchema } from './conditions.ts';

/** Turns the weights of a BERT encoder, as Python programs keep them, into a GGUF file. */
export const convertTaskSchema = z.object({
	kind: z.literal('convert'),
	/** The weights: a safetensors file. */
	input: pathSchema,
	/** Its words, one a line: a vocab.txt file. */
	vocabulary: pathSchema,
	output: pathSchema,
	/** Type of the matrices; everything else stays F32. */
	type: z.enum(['F16', 'Q8_0']),
	name: z.string(),
	/** In lower case, as GGUF files have it. */
	license: z.string(),
	/** Attention heads: the weights don't tell. */
	heads: z.int().min(1),
	overwrite: z.boolean().default(false),
});

export type ConvertTask = z.infer<typeof convertTaskSchema>;

export const convertResultSchema = z.object({ path: z.string(), sizeBytes: z.int(), sha256: z.string() });

export type ConvertResult = z.infer<typeof convertResultSchema>;
