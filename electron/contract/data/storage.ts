import { z } from 'zod';
import { call } from '../call.ts';

/** What can be freed without losing anything that is still needed. */
export const freeableSchema = z.enum([
	'database',
	'set-aside',
	'unfinished-downloads',
	'old-backups',
	'logs',
	'saved-states',
]);

export const storagePartSchema = z.object({
	name: z.enum([
		'database',
		'backups',
		'models',
		'unfinished-downloads',
		'set-aside',
		'saved-states',
		'logs',
		'page-cache',
		'other',
	]),
	bytes: z.int(),
	files: z.int(),
	/** Where it lies: a file or a folder. */
	path: z.string(),
	/** What a free of this part gives back, bytes; 0 where there is nothing to give. */
	freeableBytes: z.int(),
});

export const storageSchema = z.object({
	dataFolder: z.string(),
	parts: z.array(storagePartSchema),
	totalBytes: z.int(),
	/** Models outside the data folder: people's own files, which Assay never deletes. */
	elsewhere: z.object({ files: z.int(), bytes: z.int() }),
	disk: z.object({ freeBytes: z.int(), totalBytes: z.int() }),
});

export const storageCalls = {
	usage: call.output(storageSchema),
	/** Answers with what it gave back and how things stand then. */
	free: call
		.input(z.object({ what: freeableSchema }))
		.output(z.object({ freedBytes: z.int(), storage: storageSchema })),
};

export type Freeable = z.infer<typeof freeableSchema>;
export type StoragePart = z.infer<typeof storagePartSchema>;
export type Storage = z.infer<typeof storageSchema>;
