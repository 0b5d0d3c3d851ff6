import type { CollectionTrash } from '../context/retrieval/collection-trash.ts';
import {
	type CollectionContext,
	createCollection,
	listCollections,
	listSources,
	openCollection,
	renameCollection,
	restoreCollection,
	setSettings,
	trashCollection,
} from '../context/retrieval/collections.ts';
import {
	addConversation,
	addDatasetColumn,
	addPaths,
	addText,
	addUpload,
	listChunks,
	listDocuments,
	openDocument,
	openPassage,
	previewChunks,
	readDocumentText,
	removeDocuments,
	removeSource,
	rereadDocuments,
	restoreDocuments,
	restoreSource,
} from '../context/retrieval/documents.ts';
import { listEmbeddingModels, requireEmbeddingModel } from '../context/retrieval/embedding-model.ts';
import type { EmbeddingModelFetch } from '../context/retrieval/fetch-embedding-model.ts';
import { searchCollections } from '../context/retrieval/search-collections.ts';
import { addStarterCollection } from '../context/retrieval/starter-collection.ts';
import type { Staging } from '../conversation/import-export/staging.ts';
import { writeSettings } from '../settings/settings.ts';
import type { Implementer } from './implementer.ts';

/** What the calls of documents need. */
export interface DocumentHandlersContext {
	readonly documents: CollectionContext;
	readonly trash: CollectionTrash;
	readonly backups: { replaceAll(): Promise<number> };
	readonly staging: Pick<Staging, 'upload'>;
	readonly embeddingModel: EmbeddingModelFetch;
}

export function documentHandlers(os: Implementer, context: DocumentHandlersContext) {
	const { collections, documents, embeddingModels } = os;
	const { documents: use, trash, backups, staging, embeddingModel } = context;
	return {
		collections: {
			list: collections.list.handler(({ input }) => listCollections(use, input.trash)),
			get: collections.get.handler(({ input }) => openCollection(use, input.id)),
			create: collections.create.handler(({ input }) => createCollection(use, input)),
			addStarter: collections.addStarter.handler(() => addStarterCollection(use)),
			rename: collections.rename.handler(({ input }) => renameCollection(use, input.id, input.name)),
			setSettings: collections.setSettings.handler(({ input }) => setSettings(use, input.id, input.settings)),
			remove: collections.remove.handler(({ input }) => trashCollection(use, input.id)),
			restore: collections.restore.handler(({ input }) => restoreCollection(use, input.id)),
			emptyTrash: collections.emptyTrash.handler(async ({ input }) => {
				const emptied = await trash.empty(input.ids ?? null);
				return { ...emptied, backupsRemoved: input.backups ? await backups.replaceAll() : 0 };
			}),
			sources: collections.sources.handler(({ input }) => ({ sources: listSources(use, input.id) })),
			removeSource: collections.removeSource.handler(async ({ input }) => ({
				documentIds: await removeSource(use, input.sourceId),
			})),
			restoreSource: collections.restoreSource.handler(async ({ input }) => ({
				restored: await restoreSource(use, input.sourceId),
			})),
			refresh: collections.refresh.handler(({ input }) => {
				openCollection(use, input.id);
				return { jobId: use.indexer.start(input.id) };
			}),
		},
		documents: {
			list: documents.list.handler(({ input }) => listDocuments(use, input)),
			get: documents.get.handler(({ input }) => openDocument(use, input.id)),
			addPaths: documents.addPaths.handler(({ input }) => addPaths(use, input)),
			addUpload: documents.addUpload.handler(({ input: { collectionId, uploadId } }) =>
				addUpload(use, { collectionId, ...staging.upload(uploadId) }),
			),
			addText: documents.addText.handler(({ input }) => addText(use, input)),
			addConversation: documents.addConversation.handler(({ input }) => addConversation(use, input)),
			addDatasetColumn: documents.addDatasetColumn.handler(({ input }) => addDatasetColumn(use, input)),
			remove: documents.remove.handler(async ({ input }) => ({ removed: await removeDocuments(use, input.ids) })),
			restore: documents.restore.handler(async ({ input }) => ({ restored: await restoreDocuments(use, input.ids) })),
			reread: documents.reread.handler(async ({ input }) => ({ jobId: await rereadDocuments(use, input.ids) })),
			chunks: documents.chunks.handler(({ input }) => listChunks(use, input.id, input)),
			previewChunks: documents.previewChunks.handler(({ input }) =>
				previewChunks(use, input.id, input.settings, input.limit),
			),
			passage: documents.passage.handler(({ input }) => openPassage(use, input.chunkId, input.around)),
			text: documents.text.handler(({ input }) => readDocumentText(use, input.id, input)),
			search: documents.search.handler(({ input, signal }) => searchCollections(use, input, signal)),
		},
		embeddingModels: {
			list: embeddingModels.list.handler(() => ({
				models: listEmbeddingModels(use),
				offered: embeddingModel.offered(),
			})),
			setDefault: embeddingModels.setDefault.handler(({ input: { modelFileId } }) => {
				if (modelFileId !== null) requireEmbeddingModel(use, modelFileId);
				writeSettings(use.database, { embeddingModelId: modelFileId }, use.clock());
				use.events.publish({ type: 'settings-changed' });
				return {};
			}),
			fetch: embeddingModels.fetch.handler(() => ({ jobId: embeddingModel.fetch() })),
		},
	};
}
