import { z } from 'zod';

/** What narrows a search, besides the words. Names are taken as people write them, whatever their case. */
export const searchFilterSchema = z.object({
	/** Milliseconds since 1970: from this moment on. */
	from: z.int().optional(),
	/** Milliseconds since 1970: before this moment. */
	to: z.int().optional(),
	/** The conversation has all of them. */
	tags: z.array(z.string().max(500)).max(20).optional(),
	folder: z.string().max(500).optional(),
	/** Words of the name of the model that wrote the answer. */
	model: z.string().max(500).optional(),
	feedback: z.enum(['any', 'up', 'down', 'corrected']).optional(),
	writtenBy: z.enum(['user', 'assistant']).optional(),
	attachment: z.boolean().optional(),
	archived: z.boolean().optional(),
});

/** A filter that was typed among the words, such as `tag:work`. */
export const searchTermSchema = z.object({
	/** As it was typed: taking it out of the text takes the filter away. */
	typed: z.string(),
	/** What it means, for people: "Tag work". */
	label: z.string(),
	/** Why it finds nothing or was left out; null where it holds. */
	problem: z.string().nullable(),
});

export const searchHitSchema = z.object({
	conversationId: z.int(),
	/** null: the title was found. */
	messageId: z.int().nullable(),
	writtenBy: z.enum(['user', 'assistant']).nullable(),
	/** Title and snippet are plain text; matches stand between U+E000 and U+E001 (private use), never HTML. */
	title: z.string(),
	snippet: z.string(),
	at: z.int(),
	archived: z.boolean(),
});

/** Where a search goes on. It means something only together with the text and filter that it was answered to. */
export const searchCursorSchema = z.object({
	/** Which way of looking: whole words first, then beginnings. */
	stage: z.int().min(0).max(3),
	/** Messages older than this one are left to be looked at. */
	before: z.int(),
	/** How many messages one step looks at; what the last ones took decides. */
	span: z.int().min(1),
});

export const searchPageSchema = z.object({
	hits: z.array(searchHitSchema),
	filters: z.array(searchTermSchema),
	/** null: nothing is left to be searched. */
	next: searchCursorSchema.nullable(),
	/** How far back everything has been searched, ms since 1970; null: to the end. */
	searchedTo: z.int().nullable(),
});

/** What a search can be narrowed to here. */
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
