import { z } from 'zod';
import { samplingSchema } from '../../../models/contract/sampling.ts';
import { toolCallSchema } from '../../../models/contract/tools.ts';

/** How long the texts of requests are kept. */
export const keepBodiesOptions = ['off', 'day', 'always'] as const;

/** What a request is doing. */
export const requestStateSchema = z.enum(['reading', 'loading', 'waiting', 'prompt', 'answering', 'ended']);

export type RequestState = z.infer<typeof requestStateSchema>;

/** One request of another program. Times are milliseconds; tokens are null where no model was asked. */
export const serverRequestSchema = z.object({
	id: z.int(),
	/** By which the client names the answer, for example "chatcmpl-…"; null: it has none. */
	responseId: z.string().nullable(),
	startedAt: z.int(),
	/** From the User-Agent header: "openai-python 1.2.3"; '': it sent none. */
	client: z.string(),
	/** null: it sent no key, or the key was deleted. */
	key: z.object({ id: z.int(), name: z.string() }).nullable(),
	/** "/v1/chat/completions"; '': there is nothing at its address. */
	route: z.string(),
	/** The model's name for clients; '' if no model was asked. */
	model: z.string(),
	modelFileId: z.int().nullable(),
	streamed: z.boolean(),
	state: requestStateSchema,
	/** Place among the requests that wait, from 1; null: it doesn't wait. */
	place: z.int().nullable(),
	/** HTTP status; 499: the client left; null: not known yet. */
	status: z.int().nullable(),
	errorCode: z.string().nullable(),
	error: z.string().nullable(),
	promptTokens: z.int().nullable(),
	cachedTokens: z.int().nullable(),
	completionTokens: z.int().nullable(),
	/**
	 * The first token that was not the cached one; null: the cache was empty, or the prompt continues the cached text. The two
	 * texts are null where texts are not kept.
	 */
	cacheMiss: z.object({ at: z.int(), cached: z.string().nullable(), prompt: z.string().nullable() }).nullable(),
	finishReason: z.string().nullable(),
	/** The answer was computed alone, as requested. */
	deterministic: z.boolean(),
	/** From arrival until the model took it up. */
	queueMs: z.number().nullable(),
	/** From arrival to the first token. */
	ttftMs: z.number().nullable(),
	/** From the first token to the last. */
	generationMs: z.number().nullable(),
	/** From arrival to the end, or until now. */
	durationMs: z.number(),
	/** Its texts are kept: it can be opened, continued in a chat and added to a dataset. */
	hasBody: z.boolean(),
});

export type ServerRequest = z.infer<typeof serverRequestSchema>;

export const requestFilterSchema = z.object({
	/** `open`: requests without a key. */
	key: z.union([z.int(), z.literal('open')]).optional(),
	client: z.string().max(300).optional(),
	model: z.string().max(500).optional(),
	route: z.string().max(200).optional(),
	/** 'failed': a status of 400 or more; 'left': the client left. */
	outcome: z.enum(['any', 'fine', 'failed', 'left']).default('any'),
	/** Milliseconds since 1970, both inclusive. */
	from: z.int().optional(),
	to: z.int().optional(),
	/** `errorCode` of a failed one. */
	error: z.string().max(200).optional(),
	/** Only those whose texts are kept. */
	withBody: z.boolean().default(false),
});

export type RequestFilter = z.infer<typeof requestFilterSchema>;

/** null: there are no such requests. */
export const percentilesSchema = z
	.object({ n: z.int(), p50: z.number(), p90: z.number(), p95: z.number(), p99: z.number(), max: z.number() })
	.nullable();

export type Percentiles = z.infer<typeof percentilesSchema>;

const countedSchema = z.array(z.object({ name: z.string(), requests: z.int() }));

export const requestFiguresSchema = z.object({
	requests: z.int(),
	failed: z.int(),
	/** The client left. */
	left: z.int(),
	promptTokens: z.int(),
	cachedTokens: z.int(),
	completionTokens: z.int(),
	queueMs: percentilesSchema,
	ttftMs: percentilesSchema,
	durationMs: percentilesSchema,
	/** Of one answer after its first token. */
	tokensPerSecond: percentilesSchema,
	/** Most frequent first, at most 50 each: values for the filter. */
	clients: countedSchema,
	models: countedSchema,
	routes: countedSchema,
	errors: countedSchema,
});

export type RequestFigures = z.infer<typeof requestFiguresSchema>;

export const keyUsageSchema = z.object({
	/** null: requests without a key. */
	key: z.object({ id: z.int(), name: z.string() }).nullable(),
	requests: z.int(),
	failed: z.int(),
	promptTokens: z.int(),
	cachedTokens: z.int(),
	completionTokens: z.int(),
	lastAt: z.int(),
});

export type KeyUsage = z.infer<typeof keyUsageSchema>;

/** The model's input as it was built from the request. */
export const keptPromptSchema = z.object({
	turns: z.array(
		z.object({
			role: z.string(),
			content: z.string(),
			/** Calls of tools that an assistant's turn made. */
			toolCalls: z.array(toolCallSchema).optional(),
			/** The call that a tool's turn answers. */
			toolCallId: z.string().optional(),
			name: z.string().optional(),
		}),
	),
	/** The start of the answer that the client gave; null: none. */
	prefill: z.string().nullable(),
	sampling: samplingSchema,
});

export const keptAnswerSchema = z.object({
	content: z.string(),
	reasoning: z.string(),
	calls: z.array(toolCallSchema),
});

/** The texts of a request. */
export const requestBodySchema = z.object({
	/** JSON as the client sent it. */
	request: z.string(),
	/** null: no model was asked. */
	prompt: keptPromptSchema.nullable(),
	answers: z.array(keptAnswerSchema),
	/** When they will be deleted, milliseconds since 1970; null: not by themselves. */
	deletedAt: z.int().nullable(),
});

export type KeptPrompt = z.infer<typeof keptPromptSchema>;
export type KeptAnswer = z.infer<typeof keptAnswerSchema>;
export type RequestBody = z.infer<typeof requestBodySchema>;

/** Limits of a key; null: the general ones. */
export const keyLimitsSchema = z.object({
	perMinute: z.int().min(1).max(1_000_000).nullable(),
	atOnce: z.int().min(1).max(256).nullable(),
});

export type KeyLimits = z.infer<typeof keyLimitsSchema>;
