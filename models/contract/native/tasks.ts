import { z } from 'zod';
import { failureSchema } from '../failure.ts';
import { gpuBackends, gpuSchema } from '../gpu.ts';
import { benchResultSchema, benchTaskSchema } from './bench.ts';
import { nativeConditionsSchema, pathSchema } from './conditions.ts';
import { nativeHeartbeatSchema } from './heartbeat.ts';
import { imatrixResultSchema, imatrixTaskSchema } from './imatrix.ts';
import { likelihoodResultSchema, likelihoodRowSchema, likelihoodTaskSchema } from './likelihood.ts';
import { openMeasureSchema } from './measurement.ts';
import { chunkResultSchema, perplexityResultSchema, perplexityTaskSchema } from './perplexity.ts';
import { quantizeResultSchema, quantizeTaskSchema, quantizeTypeSchema } from './quantize.ts';

/** Lets the system drop what it keeps in memory of a file, so that the next load reads the disk. */
const forgetTaskSchema = z.object({ kind: z.literal('forget'), path: pathSchema });

/** false: this system has no way to be asked. */
const forgetResultSchema = z.object({ forgotten: z.boolean() });

export * from './bench.ts';
export * from './conditions.ts';
export * from './heartbeat.ts';
export * from './imatrix.ts';
export * from './likelihood.ts';
export * from './measurement.ts';
export * from './perplexity.ts';
export * from './quantize.ts';

/** What the processes of models/native are asked to do and answer. One task per process. */

/** Opens llama.cpp and checks it, nothing more: whether these features can be offered on this computer. */
const checkTaskSchema = z.object({ kind: z.literal('check'), gpu: gpuSchema.default('auto') });

const checkResultSchema = nativeConditionsSchema.omit({ threads: true, gpuLayers: true }).extend({
	/** That layers can be moved to. */
	gpus: z.array(
		z.object({
			name: z.string(),
			description: z.string(),
			backend: z.enum(gpuBackends).nullable(),
			totalBytes: z.int(),
			freeBytes: z.int(),
		}),
	),
	/** Why the GPU that was asked for can't be used. */
	gpuFailure: failureSchema.nullable(),
	/** Of every back-end that there is for this kind of computer: why it can't work here, as far as that shows without loading it. */
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
]);

/** A task with every field; `NativeTaskInput` may leave out those with defaults. */
export type NativeTask = z.infer<typeof nativeTaskSchema>;

export type NativeTaskInput = z.input<typeof nativeTaskSchema>;

const nativeProgressSchema = z.discriminatedUnion('kind', [
	z.object({
		kind: z.literal('quantize'),
		/** Number of the output being made. */
		output: z.int(),
		outputs: z.int(),
		type: quantizeTypeSchema,
		/** `hash` follows when all tensors are written. */
		stage: z.enum(['tensors', 'hash']),
		/** Tensors finished. */
		done: z.int(),
		total: z.int(),
		/** The one being worked on. */
		tensor: z.string().nullable(),
	}),
	z.object({
		kind: z.literal('perplexity'),
		/** Chunks finished. */
		chunk: z.int(),
		chunks: z.int(),
		result: chunkResultSchema,
		/** Over the chunks so far. */
		perplexity: z.number(),
		/** From the pace so far, ms. */
		remainingMs: z.number(),
	}),
	z.object({
		kind: z.literal('loglikelihood'),
		/** Rows finished since the last progress, in order. */
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
		/** Of the repetition just finished; null for the warm-up. */
		tokensPerSecond: z.number().nullable(),
	}),
	z.object({
		kind: z.literal('imatrix'),
		chunk: z.int(),
		chunks: z.int(),
		perplexity: z.number(),
		remainingMs: z.number(),
	}),
]);

export type NativeProgress = z.infer<typeof nativeProgressSchema>;

/** Progress of one kind of task, without saying which. */
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
} as const;

export type NativeResults = {
	[Kind in keyof typeof nativeResultSchemas]: z.infer<(typeof nativeResultSchemas)[Kind]>;
};

/** What the process is sent. */
export const toNativeSchema = z.discriminatedUnion('type', [
	z.object({ type: z.literal('run'), task: nativeTaskSchema }),
	/** Stop between two decodes. */
	z.object({ type: z.literal('abort') }),
]);

export type ToNative = z.infer<typeof toNativeSchema>;

/** The first frame says what the process is for: one task, or a model to measure with. */
export const firstFrameSchema = z.union([toNativeSchema, openMeasureSchema]);

/** What the process sends; the last frame is `done` or `failed`. */
export const fromNativeSchema = z.discriminatedUnion('type', [
	z.object({ type: z.literal('progress'), progress: nativeProgressSchema }),
	z.object({ type: z.literal('beat'), beat: nativeHeartbeatSchema }),
	z.object({ type: z.literal('done'), result: z.unknown(), beat: nativeHeartbeatSchema }),
	z.object({ type: z.literal('failed'), failure: failureSchema }),
]);

export type FromNative = z.infer<typeof fromNativeSchema>;
