import { z } from 'zod';
import { failureSchema } from '../../models/contract/failure.ts';
import { modelKindSchema } from '../../models/contract/gguf.ts';
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
	/** false: a base model without a chat template, or no language model at all. */
	chat: z.boolean(),
	/** Only a 'model' answers by itself. */
	kind: modelKindSchema,
	/** Files that it is split into. */
	parts: z.int(),
	license: z.string().nullable(),
	/** Host that it was fetched from, or the program in whose folder it was found, or that folder's path; null: added by hand. */
	source: z.string().nullable(),
	/** Further files with the same weights. */
	copies: z.array(z.object({ id: z.int(), path: z.string() })),
	/** Tokens per second that it was measured at on this computer; null: not yet. */
	tokensPerSecond: z.number().nullable(),
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

export type ModelFile = z.infer<typeof modelFileSchema>;
export type ModelState = z.infer<typeof modelStateSchema>;
