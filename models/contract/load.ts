import { z } from 'zod';
import { failureSchema } from './failure.ts';
import { gpuLayersSchema, gpuSchema } from './gpu.ts';
import { maxParallelAnswers } from './load-limits.ts';

/** What the KV cache may hold; a V cache that is not F32, F16 or BF16 needs flash attention. */
export const kvTypes = ['F32', 'F16', 'BF16', 'Q8_0', 'Q5_1', 'Q5_0', 'Q4_1', 'Q4_0', 'IQ4_NL'] as const;

export const kvTypeSchema = z.enum(kvTypes);

export type KvType = z.infer<typeof kvTypeSchema>;

export const loraAdapterSchema = z.object({
	/** A GGUF file of kind adapter. */
	path: z.string().min(1),
	/** 1 is what it was trained at, 0 none of it. */
	scale: z.number().min(-4).max(4),
});

export type LoraAdapter = z.infer<typeof loraAdapterSchema>;

/** Overrides of a file's rotary position embedding; each is the file's own where it is left out. */
export const ropeSchema = z.object({
	/** Base frequency. */
	frequencyBase: z.number().min(100).max(1e9).optional(),
	/** Factor on positions: 0.5 makes a context twice as long look like the trained one. */
	frequencyScale: z.number().min(0.01).max(4).optional(),
});

export const loadOptionsSchema = z.object({
	/** Tokens; 'auto' takes what fits in memory, at most 8,192 or the model's own length. */
	contextSize: z.union([z.int().min(128), z.literal('auto')]),
	/** Inference threads; 'auto' measures which count is fastest on this machine. */
	threads: z.union([z.int().min(1).max(256), z.literal('auto')]),
	/**
	 * Answers computed at once; they share the context and its memory. 'auto' where it is left out: up to 4, by the size of
	 * the context.
	 */
	parallelAnswers: z.union([z.int().min(1).max(maxParallelAnswers), z.literal('auto')]).optional(),
	/** Tokens decoded per native call while a prompt is processed. */
	batchSize: z.int().min(32).max(4096),
	checkTensors: z.boolean(),
	/** Types of the KV cache; F16 where they are left out. */
	keyType: kvTypeSchema.optional(),
	valueType: kvTypeSchema.optional(),
	/** 'auto' where it is left out: on where the engine has it for this model. */
	flashAttention: z.enum(['auto', 'on', 'off']).optional(),
	/** Weights are mapped from the file, not copied; true where it is left out. */
	mapWeights: z.boolean().optional(),
	/** Weights may not be swapped out; false where it is left out. */
	lockMemory: z.boolean().optional(),
	rope: ropeSchema.optional(),
	/**
	 * Guesses several tokens at once: what followed the same words before, or what a smaller model of the same family (a
	 * GGUF file) would write. Off where it is left out. Answers may differ by rounding.
	 */
	drafting: z.union([z.literal('off'), z.literal('lookup'), z.object({ path: z.string().min(1) })]).optional(),
	/** LoRA adapters on top of the weights. */
	adapters: z.array(loraAdapterSchema).max(8).optional(),
	/** 'auto' where it is left out. A back-end that can't be used here gives way to the processor. */
	gpu: gpuSchema.optional(),
	/** 'auto' where it is left out. Without a GPU of no effect. */
	gpuLayers: gpuLayersSchema.optional(),
});

export type LoadOptions = z.infer<typeof loadOptionsSchema>;

export const defaultLoadOptions: LoadOptions = {
	contextSize: 'auto',
	threads: 'auto',
	batchSize: 512,
	checkTensors: false,
};

/** Where the KV states of conversations are kept across restarts. */
export const savedStateOptionsSchema = z.object({
	folder: z.string().min(1),
	/** Of the folder. */
	limitBytes: z.number().min(0),
});

export type SavedStateOptions = z.infer<typeof savedStateOptionsSchema>;

/** Where a model that is being loaded stands. */
export const loadProgressSchema = z.object({
	stage: z.enum(['starting', 'weights', 'context', 'threads']),
	/** 0 to 1 within the stage, null where it can't be known. */
	fraction: z.number().min(0).max(1).nullable(),
});

export type LoadProgress = z.infer<typeof loadProgressSchema>;

/** One measured thread count. */
export const threadTrialSchema = z.object({ threads: z.int(), tokensPerSecond: z.number() });

export type ThreadTrial = z.infer<typeof threadTrialSchema>;

/** What an engine can do with the model that it holds. */
export const capabilitiesSchema = z.object({
	/** e.g. "node-llama-cpp 3.21.1 (llama.cpp v0.4.0)". */
	engineBuild: z.string(),
	backend: z.enum(['cpu', 'cuda', 'metal', 'vulkan', 'scripted']),
	contextSize: z.int(),
	trainedContextLength: z.int().nullable(),
	vocabularySize: z.int(),
	/** Left out: the processor computes everything. */
	gpu: z
		.object({
			/** As the back-end calls it, e.g. "CUDA0: NVIDIA GeForce RTX 4070". */
			device: z.string(),
			/** Layers on it, of this many; the output counts as one. */
			layers: z.int(),
			ofLayers: z.int(),
			/** Of its memory, in bytes. */
			usedBytes: z.int(),
		})
		.optional(),
	/** Why the GPU that was asked for is not used. */
	gpuFailure: failureSchema.optional(),
	/** Answers that it computes at once. */
	parallelAnswers: z.int(),
	threads: z.int(),
	threadTrials: z.array(threadTrialSchema),
	/** false: a base model without a chat template. */
	chat: z.boolean(),
	/** The template says `<think>` or the like; answers may start with reasoning. */
	reasoning: z.boolean(),
	/** Milliseconds from the start of the worker to ready. */
	loadMs: z.number(),
	/** Resident memory of the worker right after loading, in bytes. */
	residentBytes: z.int(),
});

export type Capabilities = z.infer<typeof capabilitiesSchema>;
