import { z } from 'zod';
import { failureSchema } from '../failure.ts';
import { chatTurnSchema, contextUsageSchema, promptTurnSchema, turnSchema } from '../generation.ts';
import { gpuLayersSchema, gpuSchema } from '../gpu.ts';
import { chatTemplateSchema, loraAdaptersSchema } from '../load.ts';
import { samplingShape } from '../sampling.ts';
import { toolFormatSchema, toolUseSchema } from '../tools.ts';
import { nativeConditionsSchema, nativeModelSchema, pathSchema, threadsSchema } from './conditions.ts';
import { nativeHeartbeatSchema } from './heartbeat.ts';

/**
 * A process of models/native that holds one model and measures with it until closed. The result of a call depends only
 * on its inputs, the options and the CPU: equal calls give equal bits, whatever was measured before.
 */
export const measureOptionsSchema = z.object({
	model: pathSchema,
	/** Tokens of one row, prompt plus answer. null: as in a chat, 8,192 or the trained length. */
	contextSize: z.int().min(128).nullable().default(null),
	/** Rows decoded together. At 1 a row is computed exactly like an answer in a chat. */
	width: z.int().min(1).max(63),
	/**
	 * With a width above 1: what a row computes depends on its own tokens only, on a CPU. Otherwise the rows share cells
	 * and decodes, and reach each other's last bits.
	 */
	independent: z.boolean().default(false),
	threads: threadsSchema,
	/**
	 * The most tokens that all rows decoded together may have, which bounds memory; a row joins once there is room for
	 * its prompt and its longest answer. null: as many as the width needs, at most 32,768 or one row of `contextSize`.
	 */
	cells: z.int().min(128).nullable().default(null),
	/** Reads every weight and refuses NaN and infinities. */
	checkTensors: z.boolean().default(true),
	/** The default of a chat. */
	gpu: gpuSchema.default('auto'),
	gpuLayers: gpuLayersSchema.default('auto'),
	/** Default: the file's own. */
	chatTemplate: chatTemplateSchema.optional(),
	/** LoRA adapters on the weights; default: none. */
	adapters: loraAdaptersSchema.optional(),
});

/** Options with every field set; in `MeasureOptionsInput`, fields with defaults are optional. */
export type MeasureOptions = z.infer<typeof measureOptionsSchema>;

export type MeasureOptionsInput = z.input<typeof measureOptionsSchema>;

/** Turns go through the model's chat template; a text is continued as it is, after the tokenizer's start token. */
export const measurePromptSchema = z.union([
	/** `tools`: what the model may call. Its calls stay text, as in a chat. */
	z.object({ turns: z.array(chatTurnSchema).min(1), tools: toolUseSchema.optional() }),
	z.object({ text: z.string() }),
]);

export type MeasurePrompt = z.infer<typeof measurePromptSchema>;

export const measureRowSchema = z.object({
	prompt: measurePromptSchema,
	/**
	 * As for an answer in a chat, with the seed as a separate field. Without `maxTokens` a row may write until
	 * `contextSize`.
	 */
	sampling: z.object(samplingShape).omit({ seed: true }),
	seed: z.int().min(0).max(0xffff_ffff),
	/** GBNF grammar that the answer must match. */
	grammar: z.string().optional(),
});

/** One answer to generate. */
export type MeasureRow = z.infer<typeof measureRowSchema>;

const measuredAnswerSchema = z.object({
	text: z.string(),
	tokenIds: z.array(z.int()),
	stopReason: z.enum(['end', 'stop-string', 'max-tokens', 'context-full']),
	/** The stop string that ended it, or null. */
	stopString: z.string().nullable(),
	promptTokens: z.int(),
	/** Prompt tokens already computed for other rows. */
	cachedTokens: z.int(),
	completionTokens: z.int(),
	/**
	 * From joining the batch to the first token and to the last, ms. Includes the time in which other rows were
	 * decoded.
	 */
	ttftMs: z.number(),
	ms: z.number(),
	/** How calls are written in the text, if tools were offered; `insideReasoning`: the prompt opened the reasoning. */
	calls: z.object({ format: toolFormatSchema, insideReasoning: z.boolean() }).optional(),
});

export type MeasuredAnswer = z.infer<typeof measuredAnswerSchema>;

/**
 * A row that failed on its own: `prompt-too-long`, `no-chat-template`, `template-refused`, `grammar-invalid`,
 * `not-a-number`.
 */
const failedRowSchema = z.object({ failure: failureSchema });

export const measuredRowSchema = z.union([measuredAnswerSchema, failedRowSchema]);

export type MeasuredRow = z.infer<typeof measuredRowSchema>;

export const likelihoodItemSchema = z.object({
	/** A text, or turns that go through the chat template. */
	context: z.union([z.string(), z.object({ turns: z.array(turnSchema).min(1) })]),
	continuations: z.array(z.string()).min(1),
	/**
	 * Puts the tokenizer's start token before a text if the model has one. lm-evaluation-harness does so for Gemma
	 * only.
	 */
	addBos: z.literal('auto').optional(),
});

export type LikelihoodItem = z.infer<typeof likelihoodItemSchema>;

export const measuredLikelihoodSchema = z.object({
	/** Sum over the tokens of each continuation, nats. */
	logLikelihoods: z.array(z.number()),
	/** For each continuation: every token is the most likely one at its position. */
	greedy: z.array(z.boolean()),
	/** Number of tokens of each continuation. */
	tokens: z.array(z.int()),
	contextTokens: z.int(),
	/** Tokens cut off at the start of a context that was too long. */
	truncated: z.int(),
});

export type MeasuredLikelihood = z.infer<typeof measuredLikelihoodSchema>;

/** Facts to store with every number, so that it can be repeated. */
export const measureFactsSchema = nativeConditionsSchema.extend({
	/** For example "llama.cpp 0.4.0-dev (node-llama-cpp 3.21.1)". */
	engineBuild: z.string(),
	model: nativeModelSchema,
	/** false for a base model without a chat template, unless one was chosen for it. */
	chat: z.boolean(),
	contextSize: z.int(),
	width: z.int(),
	cells: z.int(),
	/** From the start of the process until it is ready, ms. */
	loadMs: z.number(),
});

export type MeasureFacts = z.infer<typeof measureFactsSchema>;

/** Turns whose use of a row's context is measured, and texts that are counted without a template. */
const measureUsageSchema = z.object({ turns: z.array(promptTurnSchema), texts: z.array(z.string()) });

export type MeasureUsage = z.infer<typeof measureUsageSchema>;

/** The first frame sent to the process. */
export const openMeasureSchema = z.object({ type: z.literal('open'), options: measureOptionsSchema });

/** Later frames sent to the process. */
export const toMeasureSchema = z.discriminatedUnion('type', [
	z.object({ type: z.literal('generate'), id: z.int(), rows: z.array(measureRowSchema) }),
	z.object({ type: z.literal('likelihood'), id: z.int(), items: z.array(likelihoodItemSchema) }),
	z.object({ type: z.literal('count'), id: z.int(), prompts: z.array(measurePromptSchema) }),
	measureUsageSchema.extend({ type: z.literal('usage'), id: z.int() }),
	/** Stops a call, even during a decode. */
	z.object({ type: z.literal('stop'), id: z.int() }),
	/** Pauses between two decodes and keeps all state, until resumed. */
	z.object({ type: z.literal('hold'), held: z.boolean() }),
]);

export type ToMeasure = z.infer<typeof openMeasureSchema> | z.infer<typeof toMeasureSchema>;

/** Frames from the process. Each call ends with one of `rows`, `likelihoods`, `counts`, `usage` and `failed`. */
export const fromMeasureSchema = z.discriminatedUnion('type', [
	z.object({ type: z.literal('opened'), facts: measureFactsSchema }),
	z.object({ type: z.literal('beat'), beat: nativeHeartbeatSchema }),
	z.object({ type: z.literal('row'), id: z.int(), index: z.int(), row: measuredRowSchema }),
	z.object({ type: z.literal('rows'), id: z.int(), rows: z.array(measuredRowSchema) }),
	z.object({ type: z.literal('likelihoods'), id: z.int(), items: z.array(measuredLikelihoodSchema) }),
	z.object({ type: z.literal('counts'), id: z.int(), counts: z.array(z.int()) }),
	z.object({ type: z.literal('usage'), id: z.int(), usage: contextUsageSchema }),
	z.object({ type: z.literal('failed'), id: z.int().nullable(), failure: failureSchema }),
]);

export type FromMeasure = z.infer<typeof fromMeasureSchema>;
