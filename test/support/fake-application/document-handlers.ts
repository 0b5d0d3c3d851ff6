import type { Implementer } from '../../../electron/api/implementer.ts';
import { unscripted } from './unscripted.ts';

/** Handlers of `collections`, `documents` and `embeddingModels`. */
export function documentHandlers(os: Implementer) {
	const { collections, documents, embeddingModels } = os;
	return {
		collections: {
			list: collections.list.handler(() => ({ collections: [], inTrash: 0 })),
			get: collections.get.handler(unscripted),
			create: collections.create.handler(unscripted),
			rename: collections.rename.handler(unscripted),
			setSettings: collections.setSettings.handler(unscripted),
			remove: collections.remove.handler(unscripted),
			restore: collections.restore.handler(unscripted),
			emptyTrash: collections.emptyTrash.handler(unscripted),
			sources: collections.sources.handler(unscripted),
			removeSource: collections.removeSource.handler(unscripted),
			refresh: collections.refresh.handler(unscripted),
		},
		documents: {
			list: documents.list.handler(unscripted),
			get: documents.get.handler(unscripted),
			addPaths: documents.addPaths.handler(unscripted),
			addUpload: documents.addUpload.handler(unscripted),
			addText: documents.addText.handler(unscripted),
			addConversation: documents.addConversation.handler(unscripted),
			addDatasetColumn: documents.addDatasetColumn.handler(unscripted),
			remove: documents.remove.handler(unscripted),
			restore: documents.restore.handler(unscripted),
			reread: documents.reread.handler(unscripted),
			chunks: documents.chunks.handler(unscripted),
			previewChunks: documents.previewChunks.handler(unscripted),
			passage: documents.passage.handler(unscripted),
			text: documents.text.handler(unscripted),
			search: documents.search.handler(unscripted),
		},
		embeddingModels: {
			list: embeddingModels.list.handler(() => ({ models: [], offered: null })),
			setDefault: embeddingModels.setDefault.handler(unscripted),
			fetch: embeddingModels.fetch.handler(unscripted),
		},
	};
}
