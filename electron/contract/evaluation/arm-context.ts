import { z } from 'zod';
import { overflowPolicySchema } from '../conversation/overflow.ts';
import { rerankSchema, searchModeSchema } from '../documents/schema.ts';

/**
 * How answers look things up in documents, as a variable of a run.
 *
 * `auto`: as in a chat, all of the documents if they fit, else passages. `whole`: all of them; a sample for which they
 * don't fit fails. `retrieve`: passages, even if everything would fit.
 */
const lookUp = {
	mode: z.enum(['auto', 'whole', 'retrieve']).default('retrieve'),
	/** The most passages that a prompt gets; null: as many as a chat has room for. */
	k: z.int().min(1).max(24).nullable().default(null),
	search: searchModeSchema.default('hybrid'),
};

/** What an arm's answers look things up in. */
const documentContextSchema = z.object({
	collectionId: z.int(),
	...lookUp,
	/** How the passages found are rated again. */
	rerank: rerankSchema.nullable().default(null),
});

const memory = {
	/** What happens with the oldest turns of a sample that outgrows the context; left out: such a sample fails. */
	overflow: overflowPolicySchema.optional(),
	/** Facts that the rules of memory find in a sample's earlier messages, as if all were accepted; left out: none. */
	facts: z.literal('found').optional(),
};

/** What goes into an arm's prompts besides the sample: a variable of a run, like the prompt. `{}`: nothing. */
export const armContextSchema = z.object({ documents: documentContextSchema.optional(), ...memory });

/** The same in a config file: collections and models by name. */
export const armContextEntrySchema = z
	.object({
		documents: z
			.object({
				/** Name of a collection in the library. */
				collection: z.string().min(1).max(200),
				...lookUp,
				/** A reranker or chat model in the library, by name. */
				rerank: z
					.object({ model: z.string().min(1), candidates: rerankSchema.shape.candidates })
					.strict()
					.nullable()
					.default(null),
			})
			.strict()
			.optional(),
		...memory,
	})
	.strict();

/** The same in a manifest: what the documents were, so that a change of them can be told. */
export const manifestContextSchema = z.object({
	documents: z
		.object({
			collection: z.string(),
			documents: z.int(),
			/** Hash of the documents, of how they are cut and, where search uses vectors, of what computed these. */
			sha256: z.string(),
			...lookUp,
			rerank: z.object({ name: z.string(), sha256: z.string(), candidates: z.int() }).nullable().default(null),
		})
		.optional(),
	...memory,
	/** What the delimiters around passages are made from; left out: from the question, too, as runs once did. */
	delimiters: z.literal('by-texts').optional(),
});

export type ArmContext = z.infer<typeof armContextSchema>;
export type ArmContextEntry = z.infer<typeof armContextEntrySchema>;
export type DocumentContext = z.infer<typeof documentContextSchema>;
export type ManifestContext = z.infer<typeof manifestContextSchema>;
