import { z } from 'zod';

/** Filters of a search, besides the words. Names are matched as typed, regardless of case. */
export const searchFilterSchema = z.object({
	/** From this time on, inclusive, in milliseconds since 1970. */
	from: z.int().optional(),
	/** Before this time, exclusive, in milliseconds since 1970. */
	to: z.int().optional(),
	/** The conversation must have all of them. */
	tags: z.array(z.string().max(500)).max(20).optional(),
	folder: z.string().max(500).optional(),
	/** Words from the name of the model that wrote the answer. */
	model: z.string().max(500).optional(),
	feedback: z.enum(['any', 'up', 'down', 'corrected']).optional(),
	writtenBy: z.enum(['user', 'assistant']).optional(),
	attachment: z.boolean().optional(),
	archived: z.boolean().optional(),
});

/** A filter typed among the words, such as `tag:work`. */
export const searchTermSchema = z.object({
	/** The text as typed: deleting it from the query removes the filter. */
	typed: z.string(),
	/** Its meaning for people: "Tag work". */
	label: z.string(),
	/** Why it matches nothing or was ignored; null if it applies. */
	problem: z.string().nullable(),
});

export const searchHitSchema = z.object({
	conversationId: z.int(),
	/** null: the title matched. */
	messageId: z.int().nullable(),
	writtenBy: z.enum(['user', 'assistant']).nullable(),
	/** Title and snippet are plain text, never HTML; matches are enclosed in U+E000 and U+E001 (private use). */
	title: z.string(),
	snippet: z.string(),
	at: z.int(),
	archived: z.boolean(),
});

/** Position from which a search continues. Valid only with the same text and filter. */
export const searchCursorSchema = z.object({
	/** Matching strategy: whole words first, then prefixes. */
	stage: z.int().min(0).max(3),
	/** Messages older than this one have not been searched yet. */
	before: z.int(),
	/** Number of messages searched in one step, adapted to the time of the last steps. */
	span: z.int().min(1),
});

export const searchPageSchema = z.object({
	hits: z.array(searchHitSchema),
	filters: z.array(searchTermSchema),
	/** null: everything has been searched. */
	next: searchCursorSchema.nullable(),
	/** Everything newer than this has been searched, ms since 1970; null: everything. */
	searchedTo: z.int().nullable(),
});

/** Available filters for a search. */
export const searchChoicesSchema = z.object({
	tags: z.array(z.object({ name: z.string(), conversations: z.int() })),
	folders: z.array(z.object({ name: z.string(), conversations: z.int() })),
	/** Names of the models that have answered, most recent first. */
	models: z.array(z.string()),
});

export type SearchFilter = z.infer<typeof searchFilterSchema>;
export type SearchTerm = z.infer<typeof searchTermSchema>;
export type SearchHit = z.infer<typeof searchHitSchema>;
export type SearchCursor = z.infer<typeof searchCursorSchema>;
export type SearchChoices = z.infer<typeof searchChoicesSchema>;
export type SearchPage = z.infer<typeof searchPageSchema>;
