import { createDocumentPool } from '../context/documents/read-document.ts';
import { type CollectionTrash, startCollectionTrash } from '../context/retrieval/collection-trash.ts';
import type { CollectionContext } from '../context/retrieval/collections.ts';
import type { RetrievalContext } from '../context/retrieval/context.ts';
import {
	createEmbeddingModelFetch,
	type EmbeddingModelFetch,
	type EmbeddingModelOptions,
} from '../context/retrieval/fetch-embedding-model.ts';
import { createIndexer, type IndexerOptions } from '../context/retrieval/indexer.ts';
import { createSearchThread } from '../context/retrieval/search-thread.ts';
import { watchSources } from '../context/retrieval/watch-sources.ts';
import type { ParserProgram } from '../parsing/parser-process.ts';

interface DocumentOptions
	extends Omit<RetrievalContext, 'thread' | 'library'>,
		Omit<IndexerOptions, 'pool'>,
		EmbeddingModelOptions {
	readonly library: RetrievalContext['library'] & EmbeddingModelOptions['library'];
	readonly databasePath: string;
	/** The time by which the trash expires, ms since 1970. */
	readonly deletionClock: () => number;
	readonly program: (name: string) => Partial<ParserProgram>;
	/** Whether this process stays open, so that it indexes what an earlier one left and watches folders. */
	readonly watches: boolean;
	/** Code of the threads, where it is not next to this code. */
	readonly searchEntry: URL | undefined;
	readonly watchEntry: URL | undefined;
}

/** Collections of documents: index, search, trash. */
export interface Documents {
	readonly context: CollectionContext;
	readonly trash: CollectionTrash;
	readonly embeddingModel: EmbeddingModelFetch;
	/** Another database took the place of this one. */
	onReplaced(): void;
	/** Ends what begins work by itself; then the jobs can end. */
	stop(): Promise<void>;
	close(): Promise<void>;
}

export function openDocuments({
	databasePath,
	searchEntry,
	watchEntry,
	watches,
	program,
	deletionClock,
	...options
}: DocumentOptions): Documents {
	const thread = createSearchThread(databasePath, searchEntry);
	const retrieval: RetrievalContext = { ...options, thread };
	const pool = createDocumentPool(program('document-worker'));
	const indexer = createIndexer(retrieval, { ...options, pool });
	const context: CollectionContext = { ...retrieval, indexer };
	const trash = startCollectionTrash(context, deletionClock);
	const embeddingModel = createEmbeddingModelFetch(options);
	// A new embedding model gives vectors to what has none yet; the hash of a file that is being computed changes nothing.
	const unsubscribe = options.events.subscribe(({ type }) => {
		if (watches && (type === 'models-changed' || type === 'settings-changed')) indexer.resume();
	});
	const watch = watches ? watchSources(retrieval, indexer, watchEntry) : null;
	if (watches) indexer.resume();
	return {
		context,
		trash,
		embeddingModel,
		onReplaced() {
			thread.reset();
			indexer.forgetOffered();
			if (watches) indexer.resume();
		},
		async stop() {
			unsubscribe();
			await watch?.close();
			await indexer.close();
			await trash.stop();
		},
		async close() {
			await pool.close();
			await thread.close();
		},
	};
}
