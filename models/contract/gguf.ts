import { z } from 'zod';

/**
 * What a GGUF file is for, by its header: a language model; one that turns text into vectors; one that rates pairs of
 * texts; the part of a model that sees images or hears; a LoRA adapter; anything else.
 */
export const modelKindSchema = z.enum(['model', 'embedding', 'reranker', 'projector', 'adapter', 'other']);

export type ModelKind = z.infer<typeof modelKindSchema>;

/** What one GGUF file says about itself, read from its header without loading it. */
export const ggufFactsSchema = z.object({
	architecture: z.string(),
	/** What the file is for; only a 'model' can be loaded by itself. */
	kind: modelKindSchema,
	/** Number of files that the model is split into; 1: this file holds all of it. */
	parts: z.int(),
	/** All of them in order; what is said here holds for all together. */
	paths: z.array(z.string()),
	name: z.string().nullable(),
	/** Number of weights. */
	parameters: z.int(),
	/** llama.cpp's name of the file type, e.g. "Q4_K_M". */
	quantization: z.string(),
	/** Context length the model was trained for, in tokens. */
	contextLength: z.int().nullable(),
	layers: z.int().nullable(),
	embeddingLength: z.int().nullable(),
	headCount: z.int().nullable(),
	/** Scalar, or the largest of the per-layer values. */
	headCountKv: z.int().nullable(),
	vocabularySize: z.int().nullable(),
	chatTemplate: z.string().nullable(),
	/** SHA-256 of the template text, hex. */
	chatTemplateHash: z.string().nullable(),
	license: z.string().nullable(),
	sizeBytes: z.int(),
	tensors: z.array(z.object({ type: z.string(), count: z.int(), bytes: z.int(), parameters: z.int() })),
	bitsPerWeight: z.number(),
});

export type GgufFacts = z.infer<typeof ggufFactsSchema>;
