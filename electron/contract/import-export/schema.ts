import { z } from 'zod';
import { type ImportSource, importSourceNames } from './import-sources.ts';

export const importSourceSchema = z.enum(Object.keys(importSourceNames) as ImportSource[]);

export const skippedSchema = z.object({ what: z.string(), why: z.string() });

/** What an import found, or, in a preview, would find. */
export const importReportSchema = z.object({
	files: z.int(),
	sizeBytes: z.int(),
	sources: z.array(importSourceSchema),
	/** Conversations that come in as new, and the messages of all that come in. */
	conversations: z.int(),
	messages: z.int(),
	/** Already here, and now longer: their new messages are added to them. */
	extended: z.int(),
	/** Already here with everything that the file holds of them. */
	known: z.int(),
	/** Of those that come in: when the first began and the last was changed, ms since 1970. */
	oldest: z.int().nullable(),
	newest: z.int().nullable(),
	/** The first of them, as many as people read. */
	samples: z.array(
		z.object({
			title: z.string(),
			createdAt: z.int(),
			messages: z.int(),
			outcome: z.enum(['new', 'extended', 'known']),
			/** Where it is now; null in a preview of a new one. */
			conversationId: z.int().nullable(),
		}),
	),
	/** What is left out, and why: the first of them, and how many there are. */
	skipped: z.array(skippedSchema),
	skippedCount: z.int(),
});

export const exportFormatSchema = z.enum(['markdown', 'json', 'html']);

/** A file that was made and waits to be fetched. */
export const exportedFileSchema = z.object({
	fileName: z.string(),
	sizeBytes: z.int(),
	conversations: z.int(),
	/** Where it lies now; whoever takes it away may move it. */
	path: z.string(),
	/** For one download within a minute, as `download/<ticket>` of the browser host. */
	ticket: z.string(),
});

export type ImportReport = z.infer<typeof importReportSchema>;
export type Skipped = z.infer<typeof skippedSchema>;
export type ExportFormat = z.infer<typeof exportFormatSchema>;
export type ExportedFile = z.infer<typeof exportedFileSchema>;
