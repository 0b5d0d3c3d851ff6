import { z } from 'zod';
import { ggufFactsSchema } from './gguf.ts';

/** One key of a header, its value as text. */
export const metadataEntrySchema = z.object({
	key: z.string(),
	type: z.string(),
	value: z.string(),
	/** Characters, or items of a list; `value` may be a part of them. */
	length: z.int(),
	cut: z.boolean(),
});

/** What the tokenizer of a file is, as its header says. */
export const tokenizerFactsSchema = z.object({
	model: z.string().nullable(),
	preTokenizer: z.string().nullable(),
	vocabularySize: z.int().nullable(),
	merges: z.int().nullable(),
	addsStart: z.boolean().nullable(),
	addsEnd: z.boolean().nullable(),
	/** Start, end, padding and the like: role, id, text. */
	special: z.array(z.object({ role: z.string(), id: z.int(), text: z.string().nullable() })),
});

/** Something about a file that people should know before they trust it. */
export const riskSchema = z.object({
	/** `note`: worth knowing; `warning`: unusual; `danger`: made to do harm, or as if. */
	level: z.enum(['note', 'warning', 'danger']),
	where: z.enum(['template', 'header']),
	/** What was found, in a sentence. */
	message: z.string(),
	/** The place, as it stands in the file. */
	excerpt: z.string().nullable(),
});

export const inspectionSchema = z.object({
	path: z.string(),
	facts: ggufFactsSchema,
	warnings: z.array(z.string()),
	/** In the order of the file. */
	metadata: z.array(metadataEntrySchema),
	tokenizer: tokenizerFactsSchema.nullable(),
	risks: z.array(riskSchema),
	/** What the engine can do with it. */
	engine: z.array(z.object({ name: z.string(), usable: z.boolean(), why: z.string().nullable() })),
});

export type MetadataEntry = z.infer<typeof metadataEntrySchema>;
export type TokenizerFacts = z.infer<typeof tokenizerFactsSchema>;
export type Risk = z.infer<typeof riskSchema>;
export type Inspection = z.infer<typeof inspectionSchema>;
