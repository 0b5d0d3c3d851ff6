import { z } from 'zod';

export const backupSchema = z.object({
	path: z.string(),
	/** `daily`: created by the timer or by the user; the others just before an update of the schema or a restore. */
	kind: z.enum(['daily', 'before-update', 'before-restore']),
	createdAt: z.int(),
	sizeBytes: z.int(),
});

/** Contents of an Assay database. */
export const backupContentsSchema = z.object({
	/** Version of the schema; one from a newer Assay can't be opened. */
	schema: z.int(),
	conversations: z.int(),
	messages: z.int(),
	/** Time of the newest message; null if there is none. */
	newestAt: z.int().nullable(),
});

/** Result of the last full check of a backup. */
export const backupCheckSchema = z.object({
	path: z.string(),
	ok: z.boolean(),
	/** What is wrong with the backup; null if it is sound. */
	fault: z.string().nullable(),
	sizeBytes: z.int(),
	/** null if the backup can't be read. */
	contents: backupContentsSchema.nullable(),
});

export type Backup = z.infer<typeof backupSchema>;
export type BackupCheck = z.infer<typeof backupCheckSchema>;
export type BackupContents = z.infer<typeof backupContentsSchema>;
