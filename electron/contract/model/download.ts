import { z } from 'zod';
import { failureSchema } from '../../../models/contract/failure.ts';
import { call } from '../call.ts';

/**
 * One download: a model file, or all files of a split one. It outlives the application: what has come lies on the disk
 * beside a record of it, and goes on after a restart.
 *
 * queued → running → verifying → done, with `waiting` (a passing problem; tries again at `retryAt`), `paused`, `failed`
 * and `cancelled` as ways out. `resume` leads back from the last three.
 */
export const downloadSchema = z.object({
	id: z.string(),
	/** Of the curated list; null: chosen on the hub. */
	catalogueId: z.string().nullable(),
	/** "owner/name" on the hub; null: not from the hub. */
	repository: z.string().nullable(),
	/** The first file in the repository; null until it has been looked up. */
	path: z.string().nullable(),
	name: z.string(),
	/** llama.cpp's name of the file type; empty where the file's name does not say. */
	quantization: z.string(),
	state: z.enum(['queued', 'running', 'verifying', 'waiting', 'paused', 'done', 'failed', 'cancelled']),
	/** Files that the model is split into. */
	files: z.int(),
	receivedBytes: z.int(),
	/** 0 until it is known. */
	totalBytes: z.int(),
	bytesPerSecond: z.number().nullable(),
	secondsLeft: z.number().nullable(),
	/** Host that is sending. */
	source: z.string().nullable(),
	/** Free on the disk when it was last looked at, bytes. */
	freeBytes: z.int().nullable(),
	/** Waiting: when it tries again, ms since 1970. */
	retryAt: z.int().nullable(),
	/** Done: whether a published SHA-256 was compared; null before, and false where none was published. */
	verified: z.boolean().nullable(),
	modelFileId: z.int().nullable(),
	/** Failed, or waiting: why. */
	failure: failureSchema.nullable(),
});

/** What to fetch: an entry of the curated list, or a file of a repository on the hub. */
export const downloadRequestSchema = z.union([
	z.object({ catalogueId: z.string().max(200) }),
	z.object({
		/** "owner/name". */
		repository: z.string().max(200),
		/** A file's path, or a quantisation ("Q4_K_M"); left out: the recommended file. */
		file: z.string().max(500).optional(),
	}),
]);

const byDownload = z.object({ downloadId: z.string().max(100) });

export const downloadCalls = {
	/** Those of earlier starts included that did not end. Oldest first. */
	list: call.output(z.object({ downloads: z.array(downloadSchema) })),
	/** Joins the one that fetches the same already. */
	start: call.input(downloadRequestSchema).output(downloadSchema),
	/** Keeps what has come, also over a restart. Answers when nothing is written any more. */
	pause: call.input(byDownload).output(downloadSchema),
	/** Goes on with one that is paused, failed or was cancelled a moment ago; what has come is not fetched again. */
	resume: call.input(byDownload).output(downloadSchema),
	/** Takes it from the list. What has come is deleted some seconds later, so that it can be undone by `resume`. */
	cancel: call.input(byDownload).output(downloadSchema),
};

export type Download = z.infer<typeof downloadSchema>;
export type DownloadRequest = z.infer<typeof downloadRequestSchema>;
