import { z } from 'zod';
import { type ImportSource, importSourceNames } from './import-sources.ts';

export const importSourceSchema = z.enum(Object.keys(importSourceNames) as ImportSource[]);

export const skippedSchema = z.object({ what: z.string(), why: z.string() });

/** Result of an import; in a preview, the expected result. */
export const importReportSchema = z.object({
	files: z.int(),
	sizeBytes: z.int(),
	sources: z.array(importSourceSchema),
	/** Number of new conversations, and messages of all imported ones. */
	conversations: z.int(),
	messages: z.int(),
	/** Number of existing conversations that gained new messages. */
	extended: z.int(),
	/** Number of existing conversations that already hold everything in the file. */
	known: z.int(),
	/** Imported conversations: earliest creation and latest change, ms since 1970. */
	oldest: z.int().nullable(),
	newest: z.int().nullable(),
	/** The first imported conversations: enough for the user to look through. */
	samples: z.array(
		z.object({
			title: z.string(),
			createdAt: z.int(),
			messages: z.int(),
			outcome: z.enum(['new', 'extended', 'known']),
			/** The conversation here; null for a new one in a preview. */
			conversationId: z.int().nullable(),
		}),
	),
	/** The first skipped items with the reason, and the total. */
	skipped: z.array(skippedSchema),
	skippedCount: z.int(),
});

export const exportFormatSchema = z.enum(['markdown', 'json', 'html']);

/** A generated file, ready to be downloaded. */
export const exportedFileSchema = z.object({
	fileName: z.string(),
	sizeBytes: z.int(),
	conversations: z.int(),
	/** Current path of the file; the recipient may move it. */
	path: z.string(),
	/** Valid for one download within a minute, at `download/<ticket>` of the browser host. */
	ticket: z.string(),
});

export type ImportReport = z.infer<typeof importReportSchema>;
export type Skipped = z.infer<typeof skippedSchema>;
export type ExportFormat = z.infer<typeof exportFormatSchema>;
export type ExportedFile = z.infer<typeof exportedFileSchema>;
