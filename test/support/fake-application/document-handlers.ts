import type { Implementer } from '../../../electron/api/implementer.ts';
import type {
	Chunk,
	Collection,
	Document,
	DocumentSource,
	SearchResult,
} from '../../../electron/contract/documents/schema.ts';
import { defaultCollectionSettings } from '../../../electron/contract/documents/schema.ts';
import { starterCollectionName } from '../../../electron/contract/documents/starter.ts';
import type { Job } from '../../../electron/contract/jobs/schema.ts';
import { Failure } from '../../../models/contract/failure.ts';
import type { FakeApplication } from './fake-application.ts';
import { unscripted } from './unscripted.ts';

/** The fake collections; scenes change them. */
export interface FakeDocuments {
	collections: Collection[];
	documents: Document[];
	sources: DocumentSource[];
	chunks: Chunk[];
	/** What every search finds; null: it fails. */
	result: SearchResult | null;
	/** Whether an embedding model is offered for download. */
	offersModel: boolean;
	/** Indexing that runs; null: none. */
	job: Job | null;
}

export function fakeDocuments(): FakeDocuments {
	return { collections: [], documents: [], sources: [], chunks: [], result: null, offersModel: false, job: null };
}

/** Builds a collection with sensible values. */
export function buildCollection(id: number, changes: Partial<Collection> = {}): Collection {
	return {
		...{ id, name: `Collection ${id}`, settings: defaultCollectionSettings, documents: 0, waiting: 0, failed: 0 },
		...{ chunks: 0, vectors: 0, characters: 0, embeddingModel: null, jobId: null, createdAt: 0, updatedAt: 0 },
		...{ deletedAt: null, goneAt: null },
		...changes,
	};
}

/** Builds a document with sensible values. */
export function buildDocument(id: number, changes: Partial<Document> = {}): Document {
	return {
		...{ id, collectionId: 1, sourceId: 1, title: `Document ${id}`, path: null, format: 'markdown', state: 'ready' },
		...{ failure: null, pages: null, sizeBytes: 12_400, characters: 11_800, tokens: 2_960, chunks: 14, vectors: 14 },
		...{ modifiedAt: null, addedAt: 0, indexedAt: 0 },
		...changes,
	};
}

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
export function documentHandlers(fake: FakeApplication, os: Implementer) {
	const data = fake.data.documents;
	const inTrash = (collection: Collection): boolean => collection.deletedAt !== null;
	const allCollections = (): Collection[] => [...data.collections, ...fake.data.shelf.collections.map(collectionOf)];
	const find = (id: number): Collection => known(allCollections(), id);
	const change = (id: number, changes: Partial<Collection>): Collection => {
		data.collections = data.collections.map((one) => (one.id === id ? { ...one, ...changes } : one));
		fake.emit({ type: 'documents-changed', collectionId: id });
		return find(id);
	};
	const { collections, documents, embeddingModels } = os;
	return {
		collections: {
			list: collections.list.handler(({ input }) => ({
				collections: allCollections().filter((one) => inTrash(one) === input.trash),
				inTrash: data.collections.filter(inTrash).length,
			})),
			get: collections.get.handler(({ input }) => find(input.id)),
			create: collections.create.handler(({ input }) => {
				const id = data.collections.length + 1;
				data.collections.push(buildCollection(id, { name: input.name }));
				return change(id, {});
			}),
			addStarter: collections.addStarter.handler(() => {
				const id = data.collections.length + 1;
				data.collections.push(buildCollection(id, { name: starterCollectionName }));
				return change(id, {});
			}),
			rename: collections.rename.handler(({ input }) => change(input.id, { name: input.name })),
			setSettings: collections.setSettings.handler(({ input }) =>
				change(input.id, { settings: { ...find(input.id).settings, ...input.settings } as Collection['settings'] }),
			),
			remove: collections.remove.handler(({ input }) => change(input.id, { deletedAt: 1 })),
			restore: collections.restore.handler(({ input }) => change(input.id, { deletedAt: null })),
			emptyTrash: collections.emptyTrash.handler(unscripted),
			sources: collections.sources.handler(() => ({ sources: data.sources })),
			removeSource: collections.removeSource.handler(unscripted),
			restoreSource: collections.restoreSource.handler(unscripted),
			refresh: collections.refresh.handler(unscripted),
		},
		documents: {
			list: documents.list.handler(({ input }) => {
				const found = [...data.documents, ...fake.data.shelf.documents.map(documentOf)].filter(
					({ collectionId, state, title }) =>
						collectionId === input.collectionId &&
						title.toLowerCase().includes(input.text.toLowerCase()) &&
						(input.states === undefined || input.states.includes(state)),
				);
				return { documents: found.slice(input.offset, input.offset + input.limit), total: found.length };
			}),
			get: documents.get.handler(({ input }) =>
				known([...data.documents, ...fake.data.shelf.documents.map(documentOf)], input.id),
			),
			addPaths: documents.addPaths.handler(unscripted),
			addUpload: documents.addUpload.handler(unscripted),
			addText: documents.addText.handler(unscripted),
			addConversation: documents.addConversation.handler(unscripted),
			addDatasetColumn: documents.addDatasetColumn.handler(unscripted),
			remove: documents.remove.handler(unscripted),
			restore: documents.restore.handler(unscripted),
			reread: documents.reread.handler(unscripted),
			chunks: documents.chunks.handler(({ input }) => {
				const chunks = data.chunks.filter(({ documentId }) => documentId === input.id);
				return { chunks, total: chunks.length };
			}),
			previewChunks: documents.previewChunks.handler(() => ({ chunks: data.chunks, total: data.chunks.length })),
			passage: documents.passage.handler(({ input }) => {
				const chunk = data.chunks.find(({ id }) => id === input.chunkId)!;
				const document = data.documents.find(({ id }) => id === chunk.documentId)!;
				const text = data.chunks.map((one) => one.text).join('\n\n');
				const start = text.indexOf(chunk.text);
				const own = { ...chunk, start, end: start + chunk.text.length };
				return { document, chunk: own, text, start: 0, end: text.length, pages: [{ number: 4, start }] };
			}),
			text: documents.text.handler(({ input }) => {
				const { text } = known(fake.data.shelf.documents, input.id);
				return { text: text.slice(input.start, input.start + input.length), characters: text.length };
			}),
			search: documents.search.handler(() => {
				if (data.result !== null) return data.result;
				throw new Failure({
					code: 'model-failed',
					message: 'The embedding model all-MiniLM-L6-v2 can’t be loaded.',
					next: ['Search by words'],
				});
			}),
		},
		embeddingModels: {
			list: embeddingModels.list.handler(() => ({
				models: [],
				offered: data.offersModel
					? { name: 'all-MiniLM-L6-v2', downloadBytes: 91_000_000, licence: 'Apache-2.0' }
					: null,
			})),
			setDefault: embeddingModels.setDefault.handler(unscripted),
			fetch: embeddingModels.fetch.handler(unscripted),
		},
	};
}
