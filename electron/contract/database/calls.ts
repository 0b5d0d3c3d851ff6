import { z } from 'zod';
import { call } from '../call.ts';
import { backupCheckSchema, backupContentsSchema, backupSchema } from './schema.ts';

export const onePath = z.object({ path: z.string().min(1) });

export const backupCalls = {
	/** Newest first. */
	list: call.output(z.object({ folder: z.string(), backups: z.array(backupSchema) })),
	/** Copies the database and checks the copy. */
	create: call.output(backupSchema),
	/** Reads the whole file; any database of Assay will do. */
	verify: call.input(onePath).output(backupCheckSchema),
	/**
	 * Makes everything what it was in that file, at once, while Assay runs. What there is now is kept as a backup first.
	 * Answers being written are stopped, models unloaded; every page starts again.
	 */
	restore: call.input(onePath).output(z.object({ kept: backupSchema, contents: backupContentsSchema })),
	/** Only of the folder's own backups. */
	remove: call.input(onePath).output(z.object({ freedBytes: z.int() })),
};
