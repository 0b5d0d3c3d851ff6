import type { Implementer } from '../../../electron/api/implementer.ts';
import type { Collection, Document } from '../../../electron/contract/documents/schema.ts';
import { Failure } from '../../../models/contract/failure.ts';
import type { FakeApplication } from './fake-application.ts';
import { unscripted } from './unscripted.ts';

/** Collections and documents that conversations can use. */
export interface FakeShelf {
	readonly collections: readonly Pick<Collection, 'id' | 'name' | 'documents'>[];
	readonly documents: readonly (Pick<Document, 'id' | 'collectionId' | 'title'> & { readonly text: string })[];
}

export const emptyShelf: FakeShelf = { collections: [], documents: [] };

function collectionOf(one: FakeShelf['collections'][number]): Collection {
	return {
		...one,
		settings: { chunkTokens: 254, overlapTokens: 32, vectors: true, embeddingModelId: null },
		waiting: 0,
		failed: 0,
		chunks: one.documents * 12,
		vectors: 0,
		characters: one.documents * 8_000,
		embeddingModel: null,
		jobId: null,
		createdAt: 0,
		updatedAt: 0,
		deletedAt: null,
		goneAt: null,
	};
}

function documentOf({ text, ...one }: FakeShelf['documents'][number]): Document {
	return {
		...one,
		sourceId: 1,
		path: null,
		format: 'pdf',
		state: 'ready',
		failure: null,
		pages: null,
		sizeBytes: text.length,
		characters: text.length,
		tokens: Math.ceil(text.length / 4),
		chunks: 1,
		vectors: 0,
		modifiedAt: null,
		addedAt: 0,
		indexedAt: 0,
	};
}

/** Throws Failure `document-unknown`. */
function known<One extends { readonly id: number }>(all: readonly One[], id: number): One {
	const one = all.find((other) => other.id === id);
	if (one === undefined) throw new Failure({ code: 'document-unknown', message: 'It is gone.', next: [] });
	return one;
}

/** Handlers of `collections`, `documents` and `embeddingModels`. */
export function documentHandlers({ data }: Pick<FakeApplication, 'data'>, os: Implementer) {
	const { collections, documents, embeddingModels } = os;
	return {
		collections: {
			list: collections.list.handler(() => ({
				collections: data.shelf.collections.map(collectionOf),
				inTrash: 0,
			})),
			get: collections.get.handler(({ input }) => collectionOf(known(data.shelf.collections, input.id))),
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
			list: documents.list.handler(({ input }) => {
				const found = data.shelf.documents.filter(
					({ collectionId, title }) =>
						collectionId === input.collectionId && title.toLowerCase().includes(input.text.toLowerCase()),
				);
				return { documents: found.map(documentOf), total: found.length };
			}),
			get: documents.get.handler(({ input }) => documentOf(known(data.shelf.documents, input.id))),
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
			text: documents.text.handler(({ input }) => {
				const { text } = known(data.shelf.documents, input.id);
				return { text: text.slice(input.start, input.start + input.length), characters: text.length };
			}),
			search: documents.search.handler(unscripted),
		},
		embeddingModels: {
			list: embeddingModels.list.handler(() => ({ models: [], offered: null })),
			setDefault: embeddingModels.setDefault.handler(unscripted),
			fetch: embeddingModels.fetch.handler(unscripted),
		},
	};
}
