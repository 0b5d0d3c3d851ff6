import { z } from 'zod';
import { failureSchema } from '../../../models/contract/failure.ts';
import { saidSchema } from '../../../models/contract/said-schema.ts';

/** Whether a model that is not downloaded yet will run here, and what that is based on. */
export const hubFitSchema = z.object({
	verdict: z.enum(['fits', 'tight', 'wont-fit']),
	/** Weights, KV cache for `contextSize` tokens and compute buffers; bytes. */
	neededBytes: z.int(),
	/** Memory that models may take here, less what is kept free for everything else; bytes. */
	availableBytes: z.int(),
	contextSize: z.int(),
	/** 'header': computed from the file's header; 'size': from its size alone, which is less certain. */
	basis: z.enum(['header', 'size']),
});

/** A plain word for what a quantisation is good for; null if the file name does not name one. */
export const sizeWordSchema = z.enum(['Tiny', 'Small', 'Balanced', 'Large', 'Reference']);

/** A good small model from Assay's catalogue: where to get it, what it is good for. */
export const catalogueEntrySchema = z.object({
	id: z.string(),
	name: z.string(),
	/** What it is good for and why it is in the catalogue. */
	description: z.string(),
	/** SPDX identifier, or the name of the publisher's own licence. */
	license: z.string(),
	/** Number of weights. */
	parameters: z.int(),
	/** Trained context length, tokens. */
	contextLength: z.int(),
	quantization: z.string(),
	/** Bytes; exact (`sizeExact`) or computed from the number of weights. */
	sizeBytes: z.int(),
	sizeExact: z.boolean(),
	/** Hex; null: the hub supplies it at download. */
	sha256: z.string().nullable(),
	/** "owner/name" on the hub, for its other files; null: only this one file is offered. */
	repository: z.string().nullable(),
	/** Host names in the order in which they are tried. */
	sources: z.array(z.string()),
	installed: z.boolean(),
	fit: hubFitSchema,
	/** Messages of these texts, by which the page words them in its language. */
	said: z.array(saidSchema).optional(),
});

/** A hub repository with GGUF files, as search returns it. */
export const hubModelSchema = z.object({
	/** "owner/name". */
	repository: z.string(),
	downloads: z.int(),
	likes: z.int(),
	/** Milliseconds since 1970. */
	updatedAt: z.int().nullable(),
	license: z.string().nullable(),
	/** Its owner requires accepting terms before a download. */
	gated: z.boolean(),
	/** Number of weights that the hub read from one of its files. */
	parameters: z.int().nullable(),
	architecture: z.string().nullable(),
	contextLength: z.int().nullable(),
	/** For about 4.9 bits per weight (Q4_K_M); null if the number of weights is unknown. */
	fit: hubFitSchema.nullable(),
});

/** One model file of a repository; the parts of a split file count as one. */
export const hubFileSchema = z.object({
	/** Path of the first part. */
	path: z.string(),
	parts: z.int(),
	sizeBytes: z.int(),
	/** SHA-256 of the only part, hex; null: the file is split (each part has its own), or none is published. */
	sha256: z.string().nullable(),
	/** Every part has a published SHA-256. */
	verifiable: z.boolean(),
	quantization: z.string().nullable(),
	word: sizeWordSchema.nullable(),
	/** 'other': a vision projector, an adapter or quantisation data; not a model by itself. */
	kind: z.enum(['model', 'projector', 'adapter', 'other']),
	recommended: z.boolean(),
	/** Id in the library if it has been downloaded. */
	modelFileId: z.int().nullable(),
	fit: hubFitSchema,
});

export const hubRepositorySchema = hubModelSchema.extend({
	/** Commit that the files belong to, so that the download matches what was shown. */
	revision: z.string(),
	/** Whether it is trained to chat: its header has a chat template. null: unknown. */
	chat: z.boolean().nullable(),
	/** Smallest first. */
	files: z.array(hubFileSchema),
	/** Which file is recommended and why, in one sentence. */
	recommendation: z.string(),
	/** Messages of these texts, by which the page words them in its language. */
	said: z.array(saidSchema).optional(),
});

export const hubSearchSchema = z.object({
	text: z.string().max(200),
	sort: z.enum(['downloads', 'likes', 'lastModified', 'trendingScore']).default('downloads'),
	limit: z.int().min(1).max(100).default(30),
});

export type HubFit = z.infer<typeof hubFitSchema>;
export type CatalogueEntry = z.infer<typeof catalogueEntrySchema>;
export type HubModel = z.infer<typeof hubModelSchema>;
export type HubFile = z.infer<typeof hubFileSchema>;
export type HubRepository = z.infer<typeof hubRepositorySchema>;
export type HubSearch = z.infer<typeof hubSearchSchema>;

/**
 * One download: a model file, or all files of a split one. It outlives the application: what has arrived stays on disk
 * with a record, and the download continues after a restart.
 *
 * queued → running → verifying → done. Other states are `waiting` (a temporary problem; it retries at `retryAt`),
 * `paused`, `failed` and `cancelled`; `resume` continues from the last three.
 */
export const downloadSchema = z.object({
	id: z.string(),
	/** Id in the catalogue; null: chosen on the hub. */
	catalogueId: z.string().nullable(),
	/** "owner/name" on the hub; null: not from the hub. */
	repository: z.string().nullable(),
	/** First file in the repository; null until it has been looked up. */
	path: z.string().nullable(),
	name: z.string(),
	/** llama.cpp's name of the file type; empty if the file name does not contain one. */
	quantization: z.string(),
	state: z.enum(['queued', 'running', 'verifying', 'waiting', 'paused', 'done', 'failed', 'cancelled']),
	/** Number of files that the model is split into. */
	files: z.int(),
	receivedBytes: z.int(),
	/** 0 until it is known. */
	totalBytes: z.int(),
	bytesPerSecond: z.number().nullable(),
	secondsLeft: z.number().nullable(),
	/** Host that is sending. */
	source: z.string().nullable(),
	/** Free disk space at the last check, bytes. */
	freeBytes: z.int().nullable(),
	/** While waiting: when it retries, ms since 1970. */
	retryAt: z.int().nullable(),
	/** When done: whether it matched a published SHA-256; false if none was published. null before. */
	verified: z.boolean().nullable(),
	modelFileId: z.int().nullable(),
	/** Reason while failed or waiting. */
	failure: failureSchema.nullable(),
});

/** What to download: an entry of the catalogue, or a file of a hub repository. */
export const downloadRequestSchema = z.union([
	z.object({ catalogueId: z.string().max(200) }),
	z.object({
		/** "owner/name". */
		repository: z.string().max(200),
		/** Path of a file, or a quantisation ("Q4_K_M"); defaults to the recommended file. */
		file: z.string().max(500).optional(),
	}),
]);

export type Download = z.infer<typeof downloadSchema>;
export type DownloadRequest = z.infer<typeof downloadRequestSchema>;
