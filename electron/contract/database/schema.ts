import { z } from 'zod';

export const backupSchema = z.object({
	path: z.string(),
	/** `daily`: made by the clock or a person; the others just before the schema, or everything, was replaced. */
	kind: z.enum(['daily', 'before-update', 'before-restore']),
	createdAt: z.int(),
	sizeBytes: z.int(),
});

/** What a database of Assay holds. */
export const backupContentsSchema = z.object({
	/** Version of the schema; a newer Assay's can't be opened. */
	schema: z.int(),
	conversations: z.int(),
	messages: z.int(),
	/** When the newest message was written; null where there is none. */
	newestAt: z.int().nullable(),
});

/** What a backup was found to be when it was last read from end to end. */
export const backupCheckSchema = z.object({
	path: z.string(),
	ok: z.boolean(),
	/** What is wrong with it; null where nothing is. */
	fault: z.string().nullable(),
	sizeBytes: z.int(),
	/** null where it can't be read. */
	contents: backupContentsSchema.nullable(),
});

export type Backup = z.infer<typeof backupSchema>;
export type BackupCheck = z.infer<typeof backupCheckSchema>;
export type BackupContents = z.infer<typeof backupContentsSchema>;
