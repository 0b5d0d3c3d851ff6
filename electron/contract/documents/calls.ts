import { z } from 'zod';
import { byId, call } from '../call.ts';
import { byJob } from '../jobs/calls.ts';
import {
	chunkSchema,
	collectionChangesSchema,
	collectionSchema,
	documentSchema,
	documentSourceSchema,
	embeddingModelSchema,
	maxPastedCharacters,
	searchCollectionsInputSchema,
	searchResultSchema,
	surroundingsSchema,
} from './schema.ts';

const byCollection = z.object({ collectionId: z.int() });
const byIds = z.object({ ids: z.array(z.int()).min(1).max(10_000) });
const nameSchema = z.string().trim().min(1).max(200);

/** Collections of documents. Progress of indexing is a job of kind `indexing`; `documents-changed` follows each change. */
export const collectionCalls = {
	/** By name; those in the trash, last deleted first. */
	list: call
		.input(z.object({ trash: z.boolean().default(false) }).default({ trash: false }))
		.output(z.object({ collections: z.array(collectionSchema), inTrash: z.int() })),
	get: call.input(byId).output(collectionSchema),
	/** Fails with `collection-exists`. */
	create: call
		.input(z.object({ name: nameSchema, settings: collectionChangesSchema.optional() }))
		.output(collectionSchema),
	/** Adds the bundled documents as a collection, and indexes them; returns it if it is there already. */
	addStarter: call.output(collectionSchema),
	/** Fails with `collection-exists`. */
	rename: call.input(byId.extend({ name: nameSchema })).output(collectionSchema),
	/** Cuts the documents again, or computes other vectors, in the background. */
	setSettings: call.input(byId.extend({ settings: collectionChangesSchema })).output(collectionSchema),
	/** Moves it to the trash: it is not searched from then on. */
	remove: call.input(byId).output(collectionSchema),
	restore: call.input(byId).output(collectionSchema),
	/**
	 * Permanently deletes the collections and removed documents in the trash, or only the collections `ids`. When it
	 * returns, nothing of them is left in the database, its log and its indexes.
	 */
	emptyTrash: call
		.input(
			z
				.object({
					ids: z.array(z.int()).min(1).max(1_000).optional(),
					/** Also replaces the backups, which hold what was deleted, by a new one. */
					backups: z.boolean().default(false),
				})
				.default({ backups: false }),
		)
		.output(z.object({ collections: z.int(), documents: z.int(), backupsRemoved: z.int() })),
	sources: call.input(byId).output(z.object({ sources: z.array(documentSourceSchema) })),
	/** Takes out a file, folder, conversation, … with its documents; it is neither listed nor read any more. */
	removeSource: call.input(z.object({ sourceId: z.int() })).output(z.object({ documentIds: z.array(z.int()) })),
	/** Brings it back with the documents that were taken out with it; it is watched as before. */
	restoreSource: call.input(z.object({ sourceId: z.int() })).output(z.object({ restored: z.int() })),
	/** Looks for changed files and indexes what is waiting. null: nothing to do. */
	refresh: call.input(byId).output(z.object({ jobId: z.string().nullable() })),
};

const added = z.object({
	/** Of files and texts; those of a folder follow as it is read. */
	documentIds: z.array(z.int()),
	/** The job that indexes them. */
	jobId: z.string(),
});

export const documentCalls = {
	/** By title. `total` counts all that match. */
	list: call
		.input(
			byCollection.extend({
				/** Part of the title or path, in any case. */
				text: z.string().max(1_000).default(''),
				states: z.array(documentSchema.shape.state).max(5).optional(),
				limit: z.int().min(1).max(1_000).default(200),
				offset: z.int().min(0).default(0),
			}),
		)
		.output(z.object({ documents: z.array(documentSchema), total: z.int() })),
	get: call.input(byId).output(documentSchema),
	/** Files and folders by path. Folders include their subfolders. Fails with `path-unknown`. */
	addPaths: call
		.input(
			byCollection.extend({
				paths: z.array(z.string().min(1)).min(1).max(10_000),
				/** Whether later changes are noticed. */
				watch: z.boolean().default(true),
			}),
		)
		.output(added),
	/** Files that a page sent. Only their text is kept. Fails with `upload-unknown`. */
	addUpload: call.input(byCollection.extend({ uploadId: z.string().min(1).max(100) })).output(added),
	addText: call
		.input(byCollection.extend({ title: z.string().max(500), text: z.string().min(1).max(maxPastedCharacters) }))
		.output(added),
	/** The branch that the conversation shows; it is read again when it changed. */
	addConversation: call.input(byCollection.extend({ conversationId: z.int() })).output(added),
	/** One document for each sample with a text in this column: `input`, `target` or the name of a variable. */
	addDatasetColumn: call.input(byCollection.extend({ datasetId: z.int(), column: z.string().max(200) })).output(added),
	/** Takes documents out of search; their text stays in the trash. */
	remove: call.input(byIds).output(z.object({ removed: z.int() })),
	restore: call.input(byIds).output(z.object({ restored: z.int() })),
	/** Reads documents again, failed ones too. */
	reread: call.input(byIds).output(byJob),
	/** The document's chunks in order. */
	chunks: call
		.input(byId.extend({ limit: z.int().min(1).max(1_000).default(100), offset: z.int().min(0).default(0) }))
		.output(z.object({ chunks: z.array(chunkSchema), total: z.int() })),
	/** The chunks that other settings would give, without storing them. */
	previewChunks: call
		.input(byId.extend({ settings: collectionChangesSchema, limit: z.int().min(1).max(1_000).default(100) }))
		.output(z.object({ chunks: z.array(chunkSchema), total: z.int() })),
	/** A passage with up to `around` characters on each side. Fails with `passage-unknown` once it was indexed again. */
	passage: call
		.input(z.object({ chunkId: z.int(), around: z.int().min(0).max(100_000).default(2_000) }))
		.output(surroundingsSchema),
	/** Part of the whole text; `characters` is the length of all of it. */
	text: call
		.input(byId.extend({ start: z.int().min(0).default(0), length: z.int().min(1).max(2_000_000).default(200_000) }))
		.output(z.object({ text: z.string(), characters: z.int() })),
	/** Fails with `collection-unknown`, and with the failure of a model that can't be used. */
	search: call.input(searchCollectionsInputSchema).output(searchResultSchema),
};

/** Models that turn texts into vectors. */
export const embeddingModelCalls = {
	list: call.output(
		z.object({
			models: z.array(embeddingModelSchema),
			/** The model that `fetch` brings, while the library has none; null: it has one. */
			offered: z.object({ name: z.string(), downloadBytes: z.int(), licence: z.string() }).nullable(),
		}),
	),
	setDefault: call.input(z.object({ modelFileId: z.int().nullable() })).output(z.object({})),
	/** Downloads the usual model at the user's request, as a job of kind `embedding-model`. */
	fetch: call.output(byJob),
};
