import { z } from 'zod';
import { poolingSchema } from './embedding.ts';
import { engineFeatures, engineNames } from './engine-names.ts';
import { failureSchema } from './failure.ts';
import { gpuLayersSchema, gpuSchema } from './gpu.ts';
import { maxParallelAnswers } from './load-limits.ts';

/** Types of the KV cache; a V cache other than F32, F16 or BF16 needs flash attention. */
export const kvTypes = ['F32', 'F16', 'BF16', 'Q8_0', 'Q5_1', 'Q5_0', 'Q4_1', 'Q4_0', 'IQ4_NL'] as const;

export const kvTypeSchema = z.enum(kvTypes);

export type KvType = z.infer<typeof kvTypeSchema>;

export const loraAdapterSchema = z.object({
	/** A GGUF file of kind adapter. */
	path: z.string().min(1),
	/** 1: as trained; 0: no effect. */
	scale: z.number().min(-4).max(4),
});

/** Adapters that are applied together. */
export const loraAdaptersSchema = z.array(loraAdapterSchema).max(8);

export type LoraAdapter = z.infer<typeof loraAdapterSchema>;

/** A chat template that replaces the one in a model's file. */
export const chatTemplateSchema = z.object({
	/** Jinja, as in the file's key `tokenizer.chat_template`. */
	source: z.string().min(1).max(262_144),
	/** Texts that end an answer, for models that don't know the template's own tokens as such. */
	stop: z.array(z.string().min(1).max(100)).max(8),
});

export type ChatTemplate = z.infer<typeof chatTemplateSchema>;

/** Overrides of a file's rotary position embedding; an absent field keeps the file's value. */
export const ropeSchema = z.object({
	frequencyBase: z.number().min(100).max(1e9).optional(),
	/** Factor on positions: 0.5 makes a context twice as long look like the trained length. */
	frequencyScale: z.number().min(0.01).max(4).optional(),
});

export const loadOptionsSchema = z.object({
	/** Tokens; 'auto' takes what fits in memory, at most 8,192 or the model's trained length. */
	contextSize: z.union([z.int().min(128), z.literal('auto')]),
	/** Inference threads; 'auto' measures which count is fastest on this computer. */
	threads: z.union([z.int().min(1).max(256), z.literal('auto')]),
	/**
	 * Answers computed at once; they share the context and its memory. 'auto', the default: up to 8, depending on the
	 * size of the context.
	 */
	parallelAnswers: z.union([z.int().min(1).max(maxParallelAnswers), z.literal('auto')]).optional(),
	/** Tokens decoded per native call while a prompt is processed. */
	batchSize: z.int().min(32).max(4096),
	checkTensors: z.boolean(),
	/** Types of the KV cache; default F16. */
	keyType: kvTypeSchema.optional(),
	valueType: kvTypeSchema.optional(),
	/** Default 'auto': on if the engine supports it for this model. */
	flashAttention: z.enum(['auto', 'on', 'off']).optional(),
	/** Maps weights from the file instead of copying them; default true. */
	mapWeights: z.boolean().optional(),
	/** Keeps weights from being swapped out; default false. */
	lockMemory: z.boolean().optional(),
	rope: ropeSchema.optional(),
	/**
	 * Drafts several tokens at once: either what followed the same words before, or what a smaller model of the same
	 * family (a GGUF file) would write. Default off. Answers may differ by rounding.
	 */
	drafting: z.union([z.literal('off'), z.literal('lookup'), z.object({ path: z.string().min(1) })]).optional(),
	/** LoRA adapters on top of the weights. */
	adapters: loraAdaptersSchema.optional(),
	/** Default 'auto'. Falls back to the CPU if the back-end can't be used here. */
	gpu: gpuSchema.optional(),
	/** Default 'auto'. No effect without a GPU. */
	gpuLayers: gpuLayersSchema.optional(),
	/**
	 * Default 'auto': llama.cpp's C API, or node-llama-cpp's own API where the C API is not the one that Assay was written
	 * for.
	 */
	engine: z.enum(['auto', 'node-llama-cpp']).optional(),
	/** Default: the file's own. */
	chatTemplate: chatTemplateSchema.optional(),
});

export type LoadOptions = z.infer<typeof loadOptionsSchema>;

export const defaultLoadOptions: LoadOptions = {
	contextSize: 'auto',
	threads: 'auto',
	batchSize: 512,
	checkTensors: false,
};

/** Where KV states of conversations are kept across restarts. */
export const savedStateOptionsSchema = z.object({
	folder: z.string().min(1),
	/** Limit of the folder's size. */
	limitBytes: z.number().min(0),
});

export type SavedStateOptions = z.infer<typeof savedStateOptionsSchema>;

/** Progress of loading a model. */
export const loadProgressSchema = z.object({
	stage: z.enum(['starting', 'weights', 'context', 'threads']),
	/** 0 to 1 within the stage; null if unknown. */
	fraction: z.number().min(0).max(1).nullable(),
});

export type LoadProgress = z.infer<typeof loadProgressSchema>;

/** One measured thread count. */
export const threadTrialSchema = z.object({
	threads: z.int(),
	tokensPerSecond: z.number(),
	/** Set if other programs kept the processor busy meanwhile: the computer can be faster. */
	underLoad: z.literal(true).optional(),
});

export type ThreadTrial = z.infer<typeof threadTrialSchema>;

/** Measured thread counts by engine: each engine has its own speeds. */
export const threadTrialsByEngineSchema = z.partialRecord(z.enum(engineNames), z.array(threadTrialSchema).readonly());

export type ThreadTrialsByEngine = z.infer<typeof threadTrialsByEngineSchema>;

/** Capabilities of an engine with its loaded model. */
export const capabilitiesSchema = z.object({
	/** For example "node-llama-cpp 3.21.1 (llama.cpp v0.4.0)". */
	engineBuild: z.string(),
	/** Absent: the C API. */
	engine: z.enum(engineNames).optional(),
	/** Why the C API is not used; absent if it is, or if the other engine was chosen. */
	engineFailure: failureSchema.optional(),
	/** What this engine does not do. */
	limits: z.array(z.object({ feature: z.enum(engineFeatures), reason: z.string() })).optional(),
	backend: z.enum(['cpu', 'cuda', 'metal', 'vulkan', 'scripted']),
	contextSize: z.int(),
	trainedContextLength: z.int().nullable(),
	vocabularySize: z.int(),
	/** Absent if the CPU computes everything. */
	gpu: z
		.object({
			/** The back-end's name for it, for example "CUDA0: NVIDIA GeForce RTX 4070". */
			device: z.string(),
			/** Layers on the device, out of `ofLayers`; the output layer counts as one. */
			layers: z.int(),
			ofLayers: z.int(),
			/** Device memory used, in bytes. */
			usedBytes: z.int(),
		})
		.optional(),
	/** Why the requested GPU is not used. */
	gpuFailure: failureSchema.optional(),
	/** Number of answers that it computes at once. */
	parallelAnswers: z.int(),
	threads: z.int(),
	threadTrials: z.array(threadTrialSchema),
	/** Absent for a language model. */
	embedding: z.object({ pooling: poolingSchema, dimensions: z.int() }).optional(),
	/** false for a base model without a chat template, unless one was chosen for it. */
	chat: z.boolean(),
	/** The template contains `<think>` or the like; answers may start with reasoning. */
	reasoning: z.boolean(),
	/** From the start of the worker until it is ready, ms. */
	loadMs: z.number(),
	/** The worker's resident memory right after loading, in bytes. */
	residentBytes: z.int(),
	/** Size of the weights' second copies by the engine's own log, in bytes; absent if the engine doesn't say. */
	copiedBytes: z.int().optional(),
});

export type Capabilities = z.infer<typeof capabilitiesSchema>;
