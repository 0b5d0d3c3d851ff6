import { z } from 'zod';
import { ggufFactsSchema } from './gguf.ts';

/** One key of a header, with its value as text. */
export const metadataEntrySchema = z.object({
	key: z.string(),
	type: z.string(),
	value: z.string(),
	/** Characters, or items of a list; `value` may hold only some of them. */
	length: z.int(),
	cut: z.boolean(),
});

/** Facts about a file's tokenizer, from its header. */
export const tokenizerFactsSchema = z.object({
	model: z.string().nullable(),
	preTokenizer: z.string().nullable(),
	vocabularySize: z.int().nullable(),
	merges: z.int().nullable(),
	addsStart: z.boolean().nullable(),
	addsEnd: z.boolean().nullable(),
	/** Start, end, padding and similar tokens: role, id, text. */
	special: z.array(z.object({ role: z.string(), id: z.int(), text: z.string().nullable() })),
});

/** Something that people should know about a file before they trust it. */
export const riskSchema = z.object({
	/** `note`: worth knowing; `warning`: unusual; `danger`: harmful or looks so. */
	level: z.enum(['note', 'warning', 'danger']),
	where: z.enum(['template', 'header']),
	/** The finding, in a sentence. */
	message: z.string(),
	/** The passage as the file has it. */
	excerpt: z.string().nullable(),
});

export const inspectionSchema = z.object({
	path: z.string(),
	facts: ggufFactsSchema,
	warnings: z.array(z.string()),
	/** In file order. */
	metadata: z.array(metadataEntrySchema),
	tokenizer: tokenizerFactsSchema.nullable(),
	risks: z.array(riskSchema),
	/** Engine features that work with it. */
	engine: z.array(z.object({ name: z.string(), usable: z.boolean(), why: z.string().nullable() })),
});

export type MetadataEntry = z.infer<typeof metadataEntrySchema>;
export type TokenizerFacts = z.infer<typeof tokenizerFactsSchema>;
export type Risk = z.infer<typeof riskSchema>;
export type Inspection = z.infer<typeof inspectionSchema>;
