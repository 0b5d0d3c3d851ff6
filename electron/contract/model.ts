import { z } from 'zod';
import { failureSchema } from '../../models/contract/failure.ts';
import { ggufFactsSchema } from '../../models/contract/gguf.ts';
import { capabilitiesSchema, loadProgressSchema } from '../../models/contract/load.ts';

/** A GGUF file the library knows. */
export const modelFileSchema = z.object({
	id: z.int(),
	name: z.string(),
	path: z.string(),
	sizeBytes: z.int(),
	/** Hex; null until it has been computed. */
	sha256: z.string().nullable(),
	architecture: z.string(),
	parameters: z.int(),
	quantization: z.string(),
	contextLength: z.int().nullable(),
	/** false: a base model without a chat template. */
	chat: z.boolean(),
	default: z.boolean(),
	/** Set when the file is gone or damaged: what is wrong and what to do. */
	problem: failureSchema.nullable(),
	addedAt: z.int(),
});

/** Where a model's worker stands. One state at a time; a crash leads back to `unloaded` with the failure kept. */
export const modelStateSchema = z.discriminatedUnion('state', [
	z.object({ state: z.literal('unloaded'), modelFileId: z.int(), failure: failureSchema.nullable() }),
	z.object({ state: z.literal('loading'), modelFileId: z.int(), progress: loadProgressSchema }),
	z.object({
		state: z.literal('loaded'),
		modelFileId: z.int(),
		capabilities: capabilitiesSchema,
		residentBytes: z.int(),
		busy: z.boolean(),
	}),
]);

/** A model that can be fetched. */
export const catalogueEntrySchema = z.object({
	id: z.string(),
	name: z.string(),
	description: z.string(),
	license: z.string(),
	quantization: z.string(),
	sizeBytes: z.int(),
	sha256: z.string(),
	/** Host names in the order they are tried. */
	sources: z.array(z.string()),
	installed: z.boolean(),
});

export const downloadSchema = z.object({
	id: z.string(),
	catalogueId: z.string(),
	name: z.string(),
	state: z.enum(['queued', 'running', 'verifying', 'done', 'failed', 'cancelled']),
	receivedBytes: z.int(),
	totalBytes: z.int(),
	bytesPerSecond: z.number().nullable(),
	secondsLeft: z.number().nullable(),
	source: z.string().nullable(),
	modelFileId: z.int().nullable(),
	failure: failureSchema.nullable(),
});

export const inspectionSchema = z.object({
	path: z.string(),
	facts: ggufFactsSchema,
	warnings: z.array(z.string()),
});

export type ModelFile = z.infer<typeof modelFileSchema>;
export type ModelState = z.infer<typeof modelStateSchema>;
export type CatalogueEntry = z.infer<typeof catalogueEntrySchema>;
export type Download = z.infer<typeof downloadSchema>;
export type Inspection = z.infer<typeof inspectionSchema>;
