import { z } from 'zod';
import { mergeTypes } from '../adapter.ts';
import { loraAdapterSchema } from '../load.ts';
import { nativeWarningSchema, pathSchema } from './conditions.ts';

/** Reads an adapter from elsewhere, finds the base that it fits, and writes it as llama.cpp reads it. */
export const importAdapterTaskSchema = z.object({
	kind: z.literal('import-adapter'),
	/** A GGUF file, a PEFT folder, or a file in one. */
	source: pathSchema,
	/** Models that it may have been made for; the first that fits is its base. */
	bases: z.array(pathSchema).min(1).max(1000),
	output: pathSchema,
});

export const importAdapterResultSchema = z.object({
	format: z.enum(['gguf', 'peft']),
	/** Index of the base. */
	base: z.int(),
	/** Name of the model that it was made for, as the file says; null: it doesn't. */
	baseName: z.string().nullable(),
	/** The PEFT configuration; '': none. */
	config: z.string(),
	sha256: z.string(),
});

/** Writes an adapter of the library for PEFT. */
export const exportAdapterTaskSchema = z.object({
	kind: z.literal('export-adapter'),
	adapter: pathSchema,
	/** Its model: it has the number of heads, which decides the order of rows. */
	base: pathSchema,
	baseName: z.string(),
	/** A folder that does not exist yet. */
	output: pathSchema,
});

export const exportAdapterResultSchema = z.object({ bytes: z.int() });

/** Adds adapters to the weights of a model: a new file that needs none. */
export const mergeTaskSchema = z.object({
	kind: z.literal('merge'),
	model: pathSchema,
	adapters: z.array(loraAdapterSchema).min(1).max(8),
	output: pathSchema,
	/** Name of the new model, in its header. */
	name: z.string().min(1).max(200),
	type: z.enum(mergeTypes),
	overwrite: z.boolean().default(false),
});

export const mergeResultSchema = z.object({
	path: z.string(),
	sizeBytes: z.int(),
	sha256: z.string(),
	/** Weights that the adapters changed. */
	changed: z.int(),
	warnings: z.array(nativeWarningSchema),
	elapsedMs: z.number(),
});

export type ImportAdapterTask = z.infer<typeof importAdapterTaskSchema>;
export type ImportAdapterResult = z.infer<typeof importAdapterResultSchema>;
export type ExportAdapterTask = z.infer<typeof exportAdapterTaskSchema>;
export type MergeTask = z.infer<typeof mergeTaskSchema>;
export type MergeResult = z.infer<typeof mergeResultSchema>;
