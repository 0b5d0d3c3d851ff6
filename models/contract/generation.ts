import { z } from 'zod';
import { failureSchema } from './failure.ts';
import { samplingSchema } from './sampling.ts';

export const turnSchema = z.object({
	role: z.enum(['system', 'user', 'assistant']),
	content: z.string(),
});

/** One turn of a conversation as a chat template takes it. `content` is plain text, never special tokens. */
export type Turn = z.infer<typeof turnSchema>;

export const generateRequestSchema = z.object({
	turns: z.array(turnSchema).min(1),
	/**
	 * What the answer begins with already: the model goes on from there and does not say it again. `tokens` are the model's
	 * own, where they are known; the text stands for them where they are not.
	 */
	prefill: z.object({ text: z.string(), tokens: z.array(z.int()).nullable() }).optional(),
	sampling: samplingSchema.extend({ seed: z.int().min(0).max(0xffff_ffff) }),
	/** Keeps prefixes of different conversations apart; the longest common prefix is reused in any case. */
	cacheKey: z.string().regex(/^[\w-]+$/),
	/** The state of this conversation may be kept on disk, under its cache key. */
	keepState: z.boolean().optional(),
	/** GBNF that the answer has to match. */
	grammar: z.string().max(1_000_000).optional(),
});

/** What is to be made ready for: the turns as they stand, without the answer. */
export const prepareRequestSchema = generateRequestSchema.pick({ turns: true, cacheKey: true });

export type PrepareRequest = z.infer<typeof prepareRequestSchema>;

export type GenerateRequest = z.infer<typeof generateRequestSchema>;

export const stopReasonSchema = z.enum(['end', 'stop-string', 'max-tokens', 'context-full', 'stopped']);

export type StopReason = z.infer<typeof stopReasonSchema>;

export const generationResultSchema = z.object({
	stopReason: stopReasonSchema,
	/** Which stop string ended it, if one did. */
	stopString: z.string().nullable(),
	promptTokens: z.int(),
	/** Prompt tokens whose KV state was already there. */
	cachedTokens: z.int(),
	completionTokens: z.int(),
	/** Turns left out because the context was too small (oldest first, never the system prompt). */
	droppedTurns: z.int(),
	/** From the request reaching the engine to the first token, ms. */
	ttftMs: z.number(),
	/** Time spent on the prompt tokens that were not cached, ms. */
	promptMs: z.number(),
	/** From the first token to the last, ms. */
	generationMs: z.number(),
	threads: z.int(),
	tokenIds: z.array(z.int()),
	/**
	 * Most answers that shared the context at once, this one included; left out where it was alone. Computed together,
	 * tokens are rounded differently: the same seed may then give other words.
	 */
	width: z.int().optional(),
	/** Tokens guessed before they were drawn, and how many of them came true; left out where nothing was guessed. */
	drafted: z.int().optional(),
	accepted: z.int().optional(),
});

export type GenerationResult = z.infer<typeof generationResultSchema>;

/** What an engine says while it generates, in this order: queued?, prompt*, tokens*, then done or failed. */
export const generationEventSchema = z.discriminatedUnion('type', [
	/** Others are answered first. */
	z.object({ type: z.literal('queued') }),
	z.object({
		type: z.literal('prompt'),
		/** Tokens processed so far, the cached ones included. */
		processed: z.int(),
		total: z.int(),
		cached: z.int(),
		droppedTurns: z.int(),
	}),
	/** Whole UTF-8 characters only; `count` tokens stand behind the text. */
	z.object({ type: z.literal('tokens'), text: z.string(), count: z.int() }),
	z.object({ type: z.literal('done'), result: generationResultSchema }),
	z.object({ type: z.literal('failed'), failure: failureSchema }),
]);

export type GenerationEvent = z.infer<typeof generationEventSchema>;

export const countTokensRequestSchema = z.object({
	turns: z.array(turnSchema).min(1),
	/** Further texts to be counted, each for itself. */
	texts: z.array(z.string()),
	/** Tokens; that of the engine where it is left out. */
	contextSize: z.int().min(16).optional(),
});

export type CountTokensRequest = z.infer<typeof countTokensRequestSchema>;

/** What turns take of a context, in tokens. */
export const contextUsageSchema = z.object({
	contextSize: z.int(),
	/** Kept free for the answer; the prompt may fill the rest. */
	answerRoom: z.int(),
	/** The prompt of all turns, with what the template writes around them. */
	total: z.int(),
	/** The prompt as `generate` would make it. */
	sent: z.int(),
	/** Turns that `generate` would leave out. */
	droppedTurns: z.int(),
	/** By how much even the last exchange alone is too long: `generate` would fail. 0: it fits. */
	excess: z.int(),
	/** Content of each turn, without the template. */
	turnTokens: z.array(z.int()),
	textTokens: z.array(z.int()),
});

export type ContextUsage = z.infer<typeof contextUsageSchema>;

/** The prompt exactly as the model sees it. */
export const renderedPromptSchema = z.object({
	tokens: z.array(z.int()),
	/** The same, detokenised with special tokens shown. */
	text: z.string(),
	droppedTurns: z.int(),
});

export type RenderedPrompt = z.infer<typeof renderedPromptSchema>;
