import { z } from 'zod';
import { failureSchema } from './failure.ts';
import { samplingShape } from './sampling.ts';

export const turnSchema = z.object({
	role: z.enum(['system', 'user', 'assistant']),
	content: z.string(),
});

/** A turn of a request. `keep`: never dropped when the context is full; counts for turns at the start only. */
export const promptTurnSchema = turnSchema.extend({ keep: z.literal(true).optional() });

export type PromptTurn = z.infer<typeof promptTurnSchema>;

/** One turn of a conversation for a chat template. `content` is plain text; special tokens in it have no effect. */
export type Turn = z.infer<typeof turnSchema>;

const generateShape = z.object({
	turns: z.array(promptTurnSchema),
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
});

export const generateRequestSchema = generateShape.refine(
	({ turns, text, tokens }) =>
		[turns.length > 0, text !== undefined, tokens !== undefined].filter(Boolean).length === 1,
	'either turns, a text or tokens',
);

/** The turns to prepare for, without the answer. */
export const prepareRequestSchema = generateShape
	.pick({ cacheKey: true })
	.extend({ turns: z.array(promptTurnSchema).min(1) });

export type PrepareRequest = z.infer<typeof prepareRequestSchema>;

export type GenerateRequest = z.infer<typeof generateRequestSchema>;

export const stopReasonSchema = z.enum(['end', 'stop-string', 'max-tokens', 'context-full', 'stopped']);

export type StopReason = z.infer<typeof stopReasonSchema>;

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
	}),
	/** Whole UTF-8 characters only; the text comes from `count` tokens. */
	z.object({ type: z.literal('tokens'), text: z.string(), count: z.int() }),
	z.object({ type: z.literal('done'), result: generationResultSchema }),
	z.object({ type: z.literal('failed'), failure: failureSchema }),
]);

export type GenerationEvent = z.infer<typeof generationEventSchema>;

export const countTokensRequestSchema = z.object({
	turns: z.array(promptTurnSchema).min(1),
	/** More texts, each counted separately. */
	texts: z.array(z.string()),
	/** Tokens; the engine's if absent. */
	contextSize: z.int().min(16).optional(),
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
