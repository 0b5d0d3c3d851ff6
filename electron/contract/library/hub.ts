import { z } from 'zod';
import { failureSchema } from '../../../models/contract/failure.ts';

/** Whether a model that is not here yet will run here, and how that is known. */
export const hubFitSchema = z.object({
	verdict: z.enum(['fits', 'tight', 'wont-fit']),
	/** Weights, KV cache for `contextSize` tokens, compute buffers; bytes. */
	neededBytes: z.int(),
	/** Memory that models may take here, what is kept free for everything else taken off; bytes. */
	availableBytes: z.int(),
	contextSize: z.int(),
	/** 'header': from the file's own header; 'size': from its size alone, less certain. */
	basis: z.enum(['header', 'size']),
});

/** A plain word for what a quantisation is for; null where the file's name does not say which it is. */
export const sizeWordSchema = z.enum(['Tiny', 'Small', 'Balanced', 'Large', 'Reference']);

/** A good small model that Assay's makers chose: where it is, what it is good for. */
export const catalogueEntrySchema = z.object({
	id: z.string(),
	name: z.string(),
	/** What it is good for and why it is in the list. */
	description: z.string(),
	/** SPDX, or the name of the maker's own licence. */
	license: z.string(),
	/** Number of weights. */
	parameters: z.int(),
	/** Tokens it was trained for. */
	contextLength: z.int(),
	quantization: z.string(),
	/** Known exactly (`sizeExact`) or computed from the weights; bytes. */
	sizeBytes: z.int(),
	sizeExact: z.boolean(),
	/** Hex; null: read from the hub when it is fetched. */
	sha256: z.string().nullable(),
	/** "owner/name" on the hub, to look at its other files; null: fetched as this one file only. */
	repository: z.string().nullable(),
	/** Host names in the order they are tried. */
	sources: z.array(z.string()),
	installed: z.boolean(),
	fit: hubFitSchema,
});

/** A repository of the hub that holds GGUF files, as a search finds it. */
export const hubModelSchema = z.object({
	/** "owner/name". */
	repository: z.string(),
	downloads: z.int(),
	likes: z.int(),
	/** ms since 1970. */
	updatedAt: z.int().nullable(),
	license: z.string().nullable(),
	/** Its owner wants terms accepted before a file can be fetched. */
	gated: z.boolean(),
	/** What the hub read from one of its files. */
	parameters: z.int().nullable(),
	architecture: z.string().nullable(),
	contextLength: z.int().nullable(),
	/** For about 4.9 bits a weight (Q4_K_M); null where the number of weights is not known. */
	fit: hubFitSchema.nullable(),
});

/** One model file of a repository; the parts of a split one count as one. */
export const hubFileSchema = z.object({
	/** Of the first part. */
	path: z.string(),
	parts: z.int(),
	sizeBytes: z.int(),
	/** Of the only part, hex; null: split (each part has its own), or not published. */
	sha256: z.string().nullable(),
	/** Every part has a published SHA-256. */
	verifiable: z.boolean(),
	quantization: z.string().nullable(),
	word: sizeWordSchema.nullable(),
	/** 'other': a vision projector, an adapter, data of quantising; not a model by itself. */
	kind: z.enum(['model', 'projector', 'adapter', 'other']),
	recommended: z.boolean(),
	/** Of the library, where it has been fetched. */
	modelFileId: z.int().nullable(),
	fit: hubFitSchema,
});

export const hubRepositorySchema = hubModelSchema.extend({
	/** Commit that the files belong to, so that what is fetched is what was shown. */
	revision: z.string(),
	/** Trained to chat: its header has a chat template. null: not known. */
	chat: z.boolean().nullable(),
	/** Smallest first. */
	files: z.array(hubFileSchema),
	/** Which file is recommended and why, in a sentence. */
	recommendation: z.string(),
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

export type Download = z.infer<typeof downloadSchema>;
export type DownloadRequest = z.infer<typeof downloadRequestSchema>;
