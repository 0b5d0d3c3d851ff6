import { z } from 'zod';

const textSchema = z.string().max(1_000_000);

/** A question, and answers to choose from. */
export const scoreChoicesInputSchema = z.object({
	/** A model's name, id or alias; the default model if it is left out. */
	model: z.string().max(500).optional(),
	/** Asked as a message; with `raw`, a text that the choices continue, without a chat template. */
	question: textSchema,
	systemPrompt: textSchema.default(''),
	choices: z.array(textSchema.min(1)).min(2).max(100),
	raw: z.boolean().default(false),
});

export const scoredChoiceSchema = z.object({
	text: z.string(),
	/** ln P of the whole choice after the question, nats. */
	logLikelihood: z.number(),
	/** Tokens of the choice. */
	tokens: z.int(),
	/** Share among these choices, by `logLikelihood`; they add up to 1. */
	probability: z.number(),
	/** `logLikelihood` per byte: long choices are not at a disadvantage. */
	perByte: z.number(),
});

export const scoredChoicesSchema = z.object({
	modelName: z.string(),
	choices: z.array(scoredChoiceSchema),
	/** Index of the most likely choice, and of the most likely one per byte. */
	best: z.int(),
	bestPerByte: z.int(),
});

export type ScoreChoicesInput = z.infer<typeof scoreChoicesInputSchema>;
export type ScoredChoices = z.infer<typeof scoredChoicesSchema>;
