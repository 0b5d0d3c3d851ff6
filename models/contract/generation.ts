import { z } from 'zod';
import { failureSchema } from './failure.ts';
import { loraAdaptersSchema } from './load.ts';
import { samplingShape } from './sampling.ts';
import { toolCallSchema, toolFormatSchema, toolUseSchema } from './tools.ts';

export const turnSchema = z.object({
	role: z.enum(['system', 'user', 'assistant']),
	content: z.string(),
});

/** A turn of a conversation in which tools are called. */
export const chatTurnSchema = z.object({
	/** `tool`: what a tool returned. */
	role: z.enum(['system', 'user', 'assistant', 'tool']),
	content: z.string(),
	/** Calls that the assistant made in this turn. */
	toolCalls: z.array(toolCallSchema).optional(),
	/** The call that a tool's turn answers, and the tool's name. */
	toolCallId: z.string().optional(),
	name: z.string().optional(),
});

export type ChatTurn = z.infer<typeof chatTurnSchema>;

const keep = z.literal(true).optional();

/** A turn of a request. `keep`: never dropped when the context is full; counts for turns at the start only. */
export const requestTurnSchema = chatTurnSchema.extend({ keep });

export type RequestTurn = z.infer<typeof requestTurnSchema>;

/** A turn of a request without tools. */
export const promptTurnSchema = turnSchema.extend({ keep });

export type PromptTurn = z.infer<typeof promptTurnSchema>;

/** One turn of a conversation for a chat template. `content` is plain text; special tokens in it have no effect. */
export type Turn = z.infer<typeof turnSchema>;

/** The most alternatives of a token whose log-probabilities can be asked for. */
export const mostAlternatives = 20;

/** The most tokens that a request can bias. */
export const mostBiases = 4_096;

const generateShape = z.object({
	turns: z.array(requestTurnSchema),
	/**
	 * Continues this text as it is, without a chat template; `turns` is then empty. Where it exceeds the context, the
	 * model is given its end.
	 */
	text: z.string().optional(),
	/** Continues these tokens as they are; `turns` is then empty. Throws Failure `prompt-too-long`. */
	tokens: z.array(z.int().min(0)).min(1).optional(),
	/**
	 * The start of the answer: the model continues from it and does not repeat it. `tokens` are the model's own tokens
	 * if known. If null, the text is tokenised, without an opening thinking tag if the template writes that tag.
	 */
	prefill: z.object({ text: z.string(), tokens: z.array(z.int()).nullable() }).optional(),
	sampling: z.object({ ...samplingShape, seed: z.int().min(0).max(0xffff_ffff) }),
	/** Keeps prefixes of different conversations apart; the longest common prefix is reused in any case. */
	cacheKey: z.string().regex(/^[\w-]+$/),
	/** Allows keeping this conversation's state on disk, under its cache key. */
	keepState: z.boolean().optional(),
	/** GBNF grammar that the answer must match. */
	grammar: z.string().max(1_000_000).optional(),
	/** Reports the log-probability of each token, and of so many of the likeliest ones. */
	logprobs: z.int().min(0).max(mostAlternatives).optional(),
	/** Added to the logits of these tokens before any sampler. */
	logitBias: z
		.array(z.tuple([z.int().min(0), z.number().min(-1_000).max(1_000)]))
		.max(mostBiases)
		.optional(),
	/**
	 * Computes the answer alone, from an empty cache, with a fixed number of threads and no drafts: the same request then
	 * has the same bits whatever else the model answers. Other answers wait meanwhile.
	 */
	deterministic: z.literal(true).optional(),
	/**
	 * false: computes the whole prompt, even where a prefix of it is cached. `all`: reuses every cached token, so that a
	 * seed may give another answer after other prompts. Default: only what leaves the answer's bits as they are.
	 */
	reusePrefix: z.union([z.literal(false), z.literal('all')]).optional(),
	/**
	 * The least time between two reports of text, ms; the first comes at once. For a reader who wants the whole answer:
	 * each report costs both processes some of the time in which tokens are computed. Default: every token is reported.
	 */
	textEveryMs: z.number().min(0).optional(),
	/** Tools that the model may call. Calls stay text: `createCallParser` reads them, by the format in `prompt`. */
	tools: toolUseSchema.optional(),
	/** LoRA adapters for this answer, in place of those that the model was loaded with. */
	adapters: loraAdaptersSchema.optional(),
});

export const generateRequestSchema = generateShape.refine(
	({ turns, text, tokens }) =>
		[turns.length > 0, text !== undefined, tokens !== undefined].filter(Boolean).length === 1,
	'either turns, a text or tokens',
);

/** The turns to prepare for, without the answer. */
export const prepareRequestSchema = generateShape
	.pick({ cacheKey: true, adapters: true, tools: true })
	.extend({ turns: z.array(requestTurnSchema).min(1) });

export type PrepareRequest = z.infer<typeof prepareRequestSchema>;

export type GenerateRequest = z.infer<typeof generateRequestSchema>;

export const stopReasonSchema = z.enum(['end', 'stop-string', 'max-tokens', 'context-full', 'stopped']);

export type StopReason = z.infer<typeof stopReasonSchema>;

const scoredTokenSchema = z.object({
	token: z.int(),
	/** Its text, which may be a part of a character. */
	bytes: z.array(z.int()),
	/** Of the model's own distribution, before bias and samplers; nats. */
	logprob: z.number(),
});

/** The log-probability of a token of an answer, and of the likeliest tokens in its place, the likeliest first. */
export const tokenScoreSchema = scoredTokenSchema.extend({ top: z.array(scoredTokenSchema) });

export type TokenScore = z.infer<typeof tokenScoreSchema>;

/** Where a prompt stopped being equal to the tokens in the cache: a changing word there is why the rest is computed again. */
export const cacheMissSchema = z.object({
	/** Index of the first token that differs. */
	at: z.int(),
	/** The token in the cache, and that of the prompt, as text. */
	cached: z.string(),
	prompt: z.string(),
});

export type CacheMiss = z.infer<typeof cacheMissSchema>;

export const generationResultSchema = z.object({
	stopReason: stopReasonSchema,
	/** The stop string that ended it, or null. */
	stopString: z.string().nullable(),
	promptTokens: z.int(),
	/** Prompt tokens whose KV state was reused. */
	cachedTokens: z.int(),
	completionTokens: z.int(),
	/** Turns dropped because the context was too small (oldest first, never the system prompt). */
	droppedTurns: z.int(),
	/** From the request's arrival at the engine to the first token, ms. */
	ttftMs: z.number(),
	/** Time spent on the prompt tokens that were not cached, ms. */
	promptMs: z.number(),
	/** From the first token to the last, ms. */
	generationMs: z.number(),
	threads: z.int(),
	tokenIds: z.array(z.int()),
	/**
	 * The most answers that shared the context at once, including this one; absent if it was alone. Tokens computed
	 * together are rounded differently, so the same seed may give other words.
	 */
	width: z.int().optional(),
	/** Tokens drafted before they were sampled, and how many of them were accepted; absent if nothing was drafted. */
	drafted: z.int().optional(),
	accepted: z.int().optional(),
	/** Absent if the cache was empty or the prompt continues the cached text. */
	cacheMiss: cacheMissSchema.optional(),
	/** The answer was computed alone, as requested. */
	deterministic: z.literal(true).optional(),
});

export type GenerationResult = z.infer<typeof generationResultSchema>;

/** Events of a generation, in this order: queued?, prompt*, tokens*, then done or failed. */
export const generationEventSchema = z.discriminatedUnion('type', [
	/** Waits until other answers are done. */
	z.object({ type: z.literal('queued') }),
	z.object({
		type: z.literal('prompt'),
		/** Tokens processed so far, including cached ones. */
		processed: z.int(),
		total: z.int(),
		cached: z.int(),
		droppedTurns: z.int(),
		/** The template opened the reasoning, so the answer starts inside it, without a tag. */
		opensReasoning: z.boolean(),
		/** How calls are written in the answer, if tools were offered. */
		toolFormat: toolFormatSchema.optional(),
	}),
	/** Whole UTF-8 characters only; the text comes from `count` tokens. `scores`: one of each, if asked for. */
	z.object({
		type: z.literal('tokens'),
		text: z.string(),
		count: z.int(),
		scores: z.array(tokenScoreSchema).optional(),
	}),
	z.object({ type: z.literal('done'), result: generationResultSchema }),
	z.object({ type: z.literal('failed'), failure: failureSchema }),
]);

export type GenerationEvent = z.infer<typeof generationEventSchema>;

export const countTokensRequestSchema = z.object({
	turns: z.array(requestTurnSchema).min(1),
	/** More texts, each counted separately. */
	texts: z.array(z.string()),
	/** Tokens; the engine's if absent. */
	contextSize: z.int().min(16).optional(),
	/** Offered with the turns. */
	tools: toolUseSchema.optional(),
});

export type CountTokensRequest = z.infer<typeof countTokensRequestSchema>;

/** Tokens that turns take up in a context. */
export const contextUsageSchema = z.object({
	contextSize: z.int(),
	/** Reserved for the answer; the prompt may fill the rest. */
	answerRoom: z.int(),
	/** The prompt of all turns, including the template's own text. */
	total: z.int(),
	/** The prompt that `generate` would send. */
	sent: z.int(),
	/** Turns that `generate` would drop. */
	droppedTurns: z.int(),
	/** Tokens by which the last exchange alone exceeds the context, so that `generate` would fail; 0 if it fits. */
	excess: z.int(),
	/** Content of each turn, without the template. */
	turnTokens: z.array(z.int()),
	textTokens: z.array(z.int()),
});

export type ContextUsage = z.infer<typeof contextUsageSchema>;

/** The prompt exactly as the model sees it. */
export const renderedPromptSchema = z.object({
	tokens: z.array(z.int()),
	/** The same prompt as text, with special tokens shown. */
	text: z.string(),
	droppedTurns: z.int(),
});

export type RenderedPrompt = z.infer<typeof renderedPromptSchema>;
