import { z } from 'zod';

export const tokenizeOptionsSchema = z.object({
	/** Adds the tokens with which the model's own tokenizer starts and ends a text; default false. */
	addSpecial: z.boolean().optional(),
	/** Parses the texts of control tokens as such; default false: they stay plain text. */
	parseSpecial: z.boolean().optional(),
});

export type TokenizeOptions = z.infer<typeof tokenizeOptionsSchema>;

/** What a client needs to know of a model's tokenizer. */
export const tokenizerFactsSchema = z.object({
	/** Texts of the tokens that start and end a text; '' if the model has none. */
	startText: z.string(),
	endText: z.string(),
	/** The tokenizer puts its start token before every text. */
	addsStart: z.boolean(),
	vocabularySize: z.int(),
	/** null: a base model. */
	chatTemplate: z.string().nullable(),
});

export type TokenizerFacts = z.infer<typeof tokenizerFactsSchema>;
