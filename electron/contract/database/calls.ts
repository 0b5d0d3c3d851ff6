import { z } from 'zod';
import { call } from '../call.ts';
import { backupCheckSchema, backupContentsSchema, backupSchema } from './schema.ts';

export const onePath = z.object({ path: z.string().min(1) });

export const backupCalls = {
	/** Newest first. */
	list: call.output(z.object({ folder: z.string(), backups: z.array(backupSchema) })),
	/** Copies the database and checks the copy. */
	create: call.output(backupSchema),
	/** Reads the whole file and checks it; accepts any Assay database. */
	verify: call.input(onePath).output(backupCheckSchema),
	/**
	 * Replaces all data with the contents of that file, at once, while Assay runs. Backs up the current data first.
	 * Stops answers being written and unloads models; every page reloads.
	 */
	restore: call.input(onePath).output(z.object({ kept: backupSchema, contents: backupContentsSchema })),
	/** Deletes a backup, only from the backups folder. */
	remove: call.input(onePath).output(z.object({ freedBytes: z.int() })),
};
