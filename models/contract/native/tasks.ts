import { z } from 'zod';
import { failureSchema } from '../failure.ts';
import { gpuBackends, gpuSchema } from '../gpu.ts';
import {
	exportAdapterResultSchema,
	exportAdapterTaskSchema,
	importAdapterResultSchema,
	importAdapterTaskSchema,
	mergeResultSchema,
	mergeTaskSchema,
} from './adapter.ts';
import { benchResultSchema, benchTaskSchema } from './bench.ts';
import { nativeConditionsSchema, pathSchema } from './conditions.ts';
import { convertResultSchema, convertTaskSchema } from './convert.ts';
import { nativeHeartbeatSchema } from './heartbeat.ts';
import { imatrixResultSchema, imatrixTaskSchema } from './imatrix.ts';
import { likelihoodResultSchema, likelihoodRowSchema, likelihoodTaskSchema } from './likelihood.ts';
import { openMeasureSchema } from './measurement.ts';
import { chunkResultSchema, perplexityResultSchema, perplexityTaskSchema } from './perplexity.ts';
import { quantizeResultSchema, quantizeTaskSchema, quantizeTypeSchema } from './quantize.ts';
import { trainFrameSchema, trainingPlanSchema, trainingPlanTaskSchema } from './training-run.ts';

/** Makes the system drop a file from its page cache, so that the next load reads the disk. */
const forgetTaskSchema = z.object({ kind: z.literal('forget'), path: pathSchema });

/** false: this system offers no way to do so. */
const forgetResultSchema = z.object({ forgotten: z.boolean() });

export * from './adapter.ts';
export * from './bench.ts';
export * from './conditions.ts';
export * from './convert.ts';
export * from './heartbeat.ts';
export * from './imatrix.ts';
export * from './likelihood.ts';
export * from './measurement.ts';
export * from './perplexity.ts';
export * from './quantize.ts';

/** Tasks and answers of the processes of models/native. One task per process. */

/** Only opens llama.cpp and checks it, to learn whether these features work on this computer. */
const checkTaskSchema = z.object({ kind: z.literal('check'), gpu: gpuSchema.default('auto') });

const checkResultSchema = nativeConditionsSchema.omit({ threads: true, gpuLayers: true }).extend({
	/** GPUs that layers can be moved to. */
	gpus: z.array(
		z.object({
			name: z.string(),
			description: z.string(),
			backend: z.enum(gpuBackends).nullable(),
			totalBytes: z.int(),
			freeBytes: z.int(),
		}),
	),
	/** Why the requested GPU can't be used. */
	gpuFailure: failureSchema.nullable(),
	/**
	 * Every back-end for this kind of computer, with the reason why it can't work here, as far as that is known without
	 * loading it.
	 */
	obstacles: z.array(z.object({ backend: z.enum(gpuBackends), failure: failureSchema.nullable() })),
});

export const nativeTaskSchema = z.discriminatedUnion('kind', [
	checkTaskSchema,
	forgetTaskSchema,
	quantizeTaskSchema,
	perplexityTaskSchema,
	likelihoodTaskSchema,
	benchTaskSchema,
	imatrixTaskSchema,
	trainingPlanTaskSchema,
	convertTaskSchema,
	importAdapterTaskSchema,
	exportAdapterTaskSchema,
	mergeTaskSchema,
]);

/** A task with every field set; in `NativeTaskInput`, fields with defaults are optional. */
export type NativeTask = z.infer<typeof nativeTaskSchema>;

export type NativeTaskInput = z.input<typeof nativeTaskSchema>;

const nativeProgressSchema = z.discriminatedUnion('kind', [
	z.object({
		kind: z.literal('quantize'),
		/** Index of the output being written. */
		output: z.int(),
		outputs: z.int(),
		type: quantizeTypeSchema,
		/** `hash` follows once all tensors are written. */
		stage: z.enum(['tensors', 'hash']),
		/** Tensors finished. */
		done: z.int(),
		total: z.int(),
		/** The current tensor. */
		tensor: z.string().nullable(),
	}),
	z.object({
		kind: z.literal('perplexity'),
		/** Chunks finished. */
		chunk: z.int(),
		chunks: z.int(),
		result: chunkResultSchema,
		/** Perplexity over the chunks so far. */
		perplexity: z.number(),
		/** Estimated from the speed so far, ms. */
		remainingMs: z.number(),
	}),
	z.object({
		kind: z.literal('loglikelihood'),
		/** Rows finished since the last progress event, in order. */
		rows: z.array(likelihoodRowSchema),
		done: z.int(),
		total: z.int(),
		remainingMs: z.number(),
	}),
	z.object({
		kind: z.literal('bench'),
		test: z.string(),
		tests: z.int(),
		/** Tests finished. */
		done: z.int(),
		/** 0 is the warm-up. */
		repetition: z.int(),
		repetitions: z.int(),
		/** Speed of the repetition just finished; null for the warm-up. */
		tokensPerSecond: z.number().nullable(),
	}),
	z.object({
		kind: z.literal('imatrix'),
		chunk: z.int(),
		chunks: z.int(),
		perplexity: z.number(),
		remainingMs: z.number(),
	}),
	z.object({
		kind: z.literal('merge'),
		/** Tensors finished. */
		done: z.int(),
		total: z.int(),
		/** The current tensor. */
		tensor: z.string().nullable(),
	}),
]);

export type NativeProgress = z.infer<typeof nativeProgressSchema>;

/** Progress of one kind of task, without the `kind` field. */
export type NativeProgressOf<Kind extends NativeProgress['kind']> = Omit<
	Extract<NativeProgress, { kind: Kind }>,
	'kind'
>;

export const nativeResultSchemas = {
	check: checkResultSchema,
	forget: forgetResultSchema,
	quantize: quantizeResultSchema,
	perplexity: perplexityResultSchema,
	loglikelihood: likelihoodResultSchema,
	bench: benchResultSchema,
	imatrix: imatrixResultSchema,
	'training-plan': trainingPlanSchema,
	convert: convertResultSchema,
	'import-adapter': importAdapterResultSchema,
	'export-adapter': exportAdapterResultSchema,
	merge: mergeResultSchema,
} as const;

export type NativeResults = {
	[Kind in keyof typeof nativeResultSchemas]: z.infer<(typeof nativeResultSchemas)[Kind]>;
};

/** Frames sent to the process. */
export const toNativeSchema = z.discriminatedUnion('type', [
	z.object({ type: z.literal('run'), task: nativeTaskSchema }),
	/** Stops between two decodes. */
	z.object({ type: z.literal('abort') }),
]);

export type ToNative = z.infer<typeof toNativeSchema>;

/** The first frame decides the purpose of the process: one task, a model to measure with, or a training run. */
export const firstFrameSchema = z.union([toNativeSchema, openMeasureSchema, trainFrameSchema]);

/** Frames from the process; the last one is `done` or `failed`. */
export const fromNativeSchema = z.discriminatedUnion('type', [
	z.object({ type: z.literal('progress'), progress: nativeProgressSchema }),
	z.object({ type: z.literal('beat'), beat: nativeHeartbeatSchema }),
	z.object({ type: z.literal('done'), result: z.unknown(), beat: nativeHeartbeatSchema }),
	z.object({ type: z.literal('failed'), failure: failureSchema }),
]);

export type FromNative = z.infer<typeof fromNativeSchema>;
