import { z } from 'zod';
import { recommendedSamplingSchema } from './sampling.ts';

/**
 * The purpose of a GGUF file, read from its header: a language model; an embedding model; a reranker, which rates pairs
 * of texts; the projector, which lets a model see images or hear; a LoRA adapter; anything else.
 */
export const modelKindSchema = z.enum(['model', 'embedding', 'reranker', 'projector', 'adapter', 'other']);

export type ModelKind = z.infer<typeof modelKindSchema>;

/**
 * What a header says about the model that a file is a form of, by the GGUF naming convention: base name, size, fine-tune
 * and version. null: not stated.
 */
export const lineageSchema = z.object({
	basename: z.string().nullable(),
	sizeLabel: z.string().nullable(),
	finetune: z.string().nullable(),
	version: z.string().nullable(),
	/** Name of the model that an adapter changes, or that this one was made from. */
	baseModel: z.string().nullable(),
});

export type Lineage = z.infer<typeof lineageSchema>;

/** Facts about one GGUF file, read from its header without loading it. */
export const ggufFactsSchema = z.object({
	architecture: z.string(),
	/** The file's purpose; only a 'model' can be loaded by itself. */
	kind: modelKindSchema,
	/** Number of files that the model is split into; 1 if this file holds all of it. */
	parts: z.int(),
	/** Paths of all parts in order; the facts here describe all parts together. */
	paths: z.array(z.string()),
	name: z.string().nullable(),
	lineage: lineageSchema,
	/** Number of weights. */
	parameters: z.int(),
	/** llama.cpp's name for the file type, for example "Q4_K_M". */
	quantization: z.string(),
	/** Context length that the model was trained for, in tokens. */
	contextLength: z.int().nullable(),
	layers: z.int().nullable(),
	embeddingLength: z.int().nullable(),
	headCount: z.int().nullable(),
	/** The scalar, or the largest per-layer value. */
	headCountKv: z.int().nullable(),
	vocabularySize: z.int().nullable(),
	chatTemplate: z.string().nullable(),
	/** SHA-256 of the template text, hex. */
	chatTemplateHash: z.string().nullable(),
	/** Sampling that the authors recommend (`general.sampling.*`). */
	recommendedSampling: recommendedSamplingSchema,
	license: z.string().nullable(),
	sizeBytes: z.int(),
	tensors: z.array(z.object({ type: z.string(), count: z.int(), bytes: z.int(), parameters: z.int() })),
	bitsPerWeight: z.number(),
});

export type GgufFacts = z.infer<typeof ggufFactsSchema>;
