import { z } from 'zod';
import {
	nativeConditionsSchema,
	nativeModelSchema,
	nativeWarningSchema,
	pathSchema,
	threadsSchema,
} from './conditions.ts';

export const imatrixTaskSchema = z.object({
	kind: z.literal('imatrix'),
	/** Preferably an unquantised file, because its activations are measured. */
	model: pathSchema,
	text: pathSchema,
	output: pathSchema,
	contextSize: z.int().min(32).max(131_072).default(512),
	chunks: z.int().min(1).nullable().default(null),
	overwrite: z.boolean().default(false),
	threads: threadsSchema,
});

export type ImatrixTask = z.infer<typeof imatrixTaskSchema>;

export const imatrixResultSchema = z.object({
	path: z.string(),
	sizeBytes: z.int(),
	sha256: z.string(),
	entries: z.int(),
	chunks: z.int(),
	textSha256: z.string(),
	/** Perplexity over the same chunks, as printed by llama-imatrix. */
	perplexity: z.number(),
	model: nativeModelSchema,
	warnings: z.array(nativeWarningSchema),
	conditions: nativeConditionsSchema,
	elapsedMs: z.number(),
});

export type ImatrixResult = z.infer<typeof imatrixResultSchema>;
