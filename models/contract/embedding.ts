import { z } from 'zod';

/**
 * How a model turns the vectors of a text's tokens into one: their mean, that of the first or the last token, or a score
 * for a pair of texts.
 */
export const poolings = ['mean', 'cls', 'last', 'rank'] as const;

export const poolingSchema = z.enum(poolings);

export type Pooling = z.infer<typeof poolingSchema>;

/** A text, or a text as the model's own tokens with those at its start and end. */
export const modelInputSchema = z.union([z.string(), z.array(z.int().min(0)).min(1)]);

export type ModelInput = z.infer<typeof modelInputSchema>;

export const embedRequestSchema = z.object({ inputs: z.array(modelInputSchema).min(1) });

export type EmbedRequest = z.infer<typeof embedRequestSchema>;

export const embeddingsSchema = z.object({
	/** One of length 1 for each input: float32, little-endian, in base64, which crosses to another process fastest. */
	vectors: z.array(z.string()),
	dimensions: z.int(),
	/** Tokens of each input, with those at its start and end. */
	tokens: z.array(z.int()),
});

export type Embeddings = z.infer<typeof embeddingsSchema>;

export const rankRequestSchema = z.object({ query: z.string(), documents: z.array(z.string()).min(1) });

export type RankRequest = z.infer<typeof rankRequestSchema>;

export const rankingSchema = z.object({
	/** How well each document answers the query, 0 to 1. */
	scores: z.array(z.number()),
	/** Tokens of the query with each document. */
	tokens: z.array(z.int()),
});

export type Ranking = z.infer<typeof rankingSchema>;
