import { z } from 'zod';
import { loraAdaptersSchema } from './load.ts';

export const scoreRequestSchema = z.object({
	/** Prompts as the model's tokens. */
	prompts: z.array(z.array(z.int().min(0)).min(1)).min(1),
	/** Number of the most likely tokens to return for each place. */
	top: z.int().min(0).max(100),
	/** Also returns the most likely tokens after each prompt. */
	next: z.boolean(),
	/** LoRA adapters, in place of those that the model was loaded with. */
	adapters: loraAdaptersSchema.optional(),
});

export type ScoreRequest = z.infer<typeof scoreRequestSchema>;

const candidateSchema = z.object({
	token: z.int(),
	/** Its text in the middle of others; U+FFFD for part of a character. */
	text: z.string(),
	/** Nats. */
	logProbability: z.number(),
});

/** A token that a model may write, and how likely it is. */
export type Candidate = z.infer<typeof candidateSchema>;

const scoredTokenSchema = candidateSchema.extend({
	/** Characters of the prompt's text before it. */
	offset: z.int(),
	/** null for the first token, which follows nothing. */
	logProbability: z.number().nullable(),
	/** The most likely tokens in its place, the likeliest first. */
	top: z.array(candidateSchema),
});

/** A token of a prompt, and how likely the model finds it after those before it. */
export type ScoredToken = z.infer<typeof scoredTokenSchema>;

const scoredPromptSchema = z.object({
	/** All of it, control tokens as their texts. */
	text: z.string(),
	tokens: z.array(scoredTokenSchema),
	/** The most likely tokens after the prompt, at least one; empty unless asked for. */
	next: z.array(candidateSchema),
	/** The likeliest token after the prompt ends an answer. */
	ends: z.boolean(),
});

export type ScoredPrompt = z.infer<typeof scoredPromptSchema>;

export const promptScoresSchema = z.object({
	prompts: z.array(scoredPromptSchema),
	/** Tokens decoded: fewer than the prompts have if they begin alike. */
	decodedTokens: z.int(),
});

export type PromptScores = z.infer<typeof promptScoresSchema>;
