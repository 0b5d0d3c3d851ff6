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
	sampling: samplingSchema.extend({ seed: z.int().min(0).max(0xffff_ffff) }),
	/** Keeps prefixes of different conversations apart; the longest common prefix is reused in any case. */
	cacheKey: z.string(),
});

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
});

export type GenerationResult = z.infer<typeof generationResultSchema>;

/** What an engine says while it generates, in this order: prompt*, tokens*, then done or failed. */
export const generationEventSchema = z.discriminatedUnion('type', [
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

/** The prompt exactly as the model sees it. */
export const renderedPromptSchema = z.object({
	tokens: z.array(z.int()),
	/** The same, detokenised with special tokens shown. */
	text: z.string(),
	droppedTurns: z.int(),
});

export type RenderedPrompt = z.infer<typeof renderedPromptSchema>;
