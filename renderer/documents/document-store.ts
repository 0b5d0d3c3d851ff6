import { createStore, type StoreApi } from 'zustand/vanilla';
import type {
	Collection,
	CollectionChanges,
	Document,
	DocumentSource,
	EmbeddingModel,
	SearchMode,
	SearchResult,
	Surroundings,
} from '../../electron/contract/documents/schema.ts';
import type { Job } from '../../electron/contract/jobs/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import type { Connection } from '../connection/connection.ts';
import { isConnectionLoss, toFailure } from '../connection/failure.ts';
import { type ChosenFile, uploadFiles } from '../connection/upload.ts';
import { getWindowBridge } from '../connection/window-bridge.ts';

/** Which documents the list shows. */
export type DocumentFilter = 'all' | 'failed';

/** What the pane on the right shows. */
export type Reading =
	| { readonly kind: 'document'; readonly document: Document }
	/** A passage that was searched for, with the text around it. */
	| { readonly kind: 'passage'; readonly chunkId: number; readonly found: Surroundings };

export interface DocumentState {
	status: 'loading' | 'ready' | 'failed';
	failure: FailureFacts | null;
	/** By name. */
	collections: readonly Collection[];
	/** In the trash. */
	deleted: readonly Collection[];
	/** Id of the collection on the screen; null: none chosen yet, so the first is shown. */
	openId: number | null;
	/** Documents of the collection on the screen, in pages; null until fetched. */
	documents: readonly Document[] | null;
	/** How many the filter leaves. */
	total: number;
	filter: DocumentFilter;
	sources: readonly DocumentSource[];
	models: readonly EmbeddingModel[];
	/** The embedding model that can be downloaded while there is none. */
	offered: { readonly name: string; readonly downloadBytes: number; readonly licence: string } | null;
	/** Running jobs that index, or download an embedding model. */
	jobs: Readonly<Record<string, Job>>;
	/** What is searched for; empty: the list of documents is shown. */
	query: string;
	mode: SearchMode;
	/** Model that rates what was found again; null: none. */
	rerankId: number | null;
	searching: boolean;
	result: SearchResult | null;
	searchFailure: FailureFacts | null;
	reading: Reading | null;
	/** Files on their way to the application; null: none. */
	upload: { readonly sent: number; readonly total: number } | null;
}

export interface DocumentStore {
	readonly state: StoreApi<DocumentState>;
	/** Fetches everything on the screen again. */
	refresh(): Promise<void>;
	applyJob(job: Job): void;
	/** Opens a collection; null keeps the current one. */
	open(id: number | null): Promise<void>;
	filter(filter: DocumentFilter): Promise<void>;
	/** Fetches the next page of documents. */
	more(): Promise<void>;
	create(name: string): Promise<Collection>;
	rename(id: number, name: string): Promise<void>;
	setSettings(id: number, settings: CollectionChanges): Promise<void>;
	remove(id: number): Promise<void>;
	restore(id: number): Promise<void>;
	/** Deletes the trash for good. */
	emptyTrash(): Promise<void>;
	/** Sends files, or only their paths where they can be known. */
	addFiles(files: readonly ChosenFile[]): Promise<void>;
	addPath(path: string, watch: boolean): Promise<void>;
	addText(title: string, text: string): Promise<void>;
	addConversation(conversationId: number): Promise<void>;
	addDatasetColumn(datasetId: number, column: string): Promise<void>;
	removeDocument(id: number): Promise<void>;
	restoreDocuments(ids: readonly number[]): Promise<void>;
	removeSource(id: number): Promise<readonly number[]>;
	restoreSource(id: number): Promise<void>;
	reread(ids: readonly number[]): Promise<void>;
	/** Downloads the offered embedding model. */
	fetchModel(): Promise<void>;
	/** Searches as the user types. */
	search(query: string): void;
	searchBy(how: { readonly mode?: SearchMode; readonly rerankId?: number | null }): void;
	readDocument(document: Document): void;
	readPassage(chunkId: number): Promise<void>;
	closeReading(): void;
}

/** Documents fetched at once. */
const pageSize = 200;

/** Pause in typing after which the search runs, in ms. */
const typingPauseMs = 180;

/** Passages that are shown. */
const shownPassages = 20;

/** Text shown on each side of a passage, characters. */
const around = 4_000;

export function createDocumentStore(
	{ client }: Pick<Connection, 'client'>,
	fail: (text: string) => void,
): DocumentStore {
	const state = createStore<DocumentState>(() => ({
		status: 'loading',
		failure: null,
		collections: [],
		deleted: [],
		openId: null,
		documents: null,
		total: 0,
		filter: 'all',
		sources: [],
		models: [],
		offered: null,
		jobs: {},
		query: '',
		mode: 'hybrid',
		rerankId: null,
		searching: false,
		result: null,
		searchFailure: null,
		reading: null,
		upload: null,
	}));
	const shownId = (): number | undefined => shownCollection(state.getState())?.id;

	async function fetchCollections(): Promise<void> {
		try {
			const [{ collections }, trash, { models, offered }, { jobs }] = await Promise.all([
				client.collections.list({}),
				client.collections.list({ trash: true }),
				client.embeddingModels.list(),
				client.jobs.list(),
			]);
			const running = jobs.filter((job) => isOurs(job) && job.endedAt === null);
			state.setState({
				...{ status: 'ready', failure: null, collections, deleted: trash.collections, models, offered },
				jobs: Object.fromEntries(running.map((job) => [job.id, job])),
			});
		} catch (error) {
			if (!isConnectionLoss(error)) state.setState({ status: 'failed', failure: toFailure(error) });
		}
	}

	/** Fetches as many documents as are shown, at least one page. */
	async function fetchDocuments(): Promise<void> {
		const collectionId = shownId();
		if (collectionId === undefined) return state.setState({ documents: null, total: 0, sources: [] });
		const { documents: before, filter } = state.getState();
		const limit = Math.min(1_000, Math.max(pageSize, before?.length ?? 0));
		const states = filter === 'failed' ? (['failed'] as const) : undefined;
		try {
			const [{ documents, total }, { sources }] = await Promise.all([
				client.documents.list({ collectionId, limit, ...(states === undefined ? {} : { states: [...states] }) }),
				client.collections.sources({ id: collectionId }),
			]);
			if (shownId() !== collectionId || state.getState().filter !== filter) return;
			state.setState(({ reading }) => ({
				documents,
				total,
				sources,
				// The document in the reading pane may have changed.
				reading:
					reading?.kind === 'document'
						? { kind: 'document', document: documents.find(({ id }) => id === reading.document.id) ?? reading.document }
						: reading,
			}));
		} catch (error) {
			if (!isConnectionLoss(error)) fail(toFailure(error).message);
		}
	}

	async function refresh(): Promise<void> {
		await fetchCollections();
		await fetchDocuments();
	}

	/** Ends the search that runs: reranking its passages may take minutes. */
	let searching = new AbortController();
	let typing: ReturnType<typeof setTimeout> | undefined;
	async function search(): Promise<void> {
		const { query, mode, rerankId } = state.getState();
		const collectionId = shownId();
		searching.abort();
		searching = new AbortController();
		const { signal } = searching;
		if (query.trim() === '' || collectionId === undefined) {
			return state.setState({ searching: false, result: null, searchFailure: null });
		}
		state.setState({ searching: true, searchFailure: null });
		try {
			const rerank = rerankId === null ? null : { modelFileId: rerankId };
			const asked = { collectionIds: [collectionId], query, mode, rerank, k: shownPassages };
			const result = await client.documents.search(asked, { signal });
			if (!signal.aborted) state.setState({ searching: false, result, searchFailure: null });
		} catch (error) {
			if (signal.aborted) return;
			state.setState({ searching: false, ...(isConnectionLoss(error) ? {} : { searchFailure: toFailure(error) }) });
		}
	}

	/** Adds something to the collection on the screen, and shows it. */
	async function add(work: (collectionId: number) => Promise<unknown>): Promise<void> {
		const collectionId = shownId();
		if (collectionId === undefined) return;
		await work(collectionId);
		await refresh();
	}

	async function uploaded(files: readonly ChosenFile[]): Promise<string> {
		const cancel = new AbortController();
		state.setState({ upload: { sent: 0, total: 0 } });
		try {
			return await uploadFiles(files, (sent, total) => state.setState({ upload: { sent, total } }), cancel.signal);
		} finally {
			state.setState({ upload: null });
		}
	}

	return {
		state,
		refresh,
		applyJob(job) {
			if (!isOurs(job)) return;
			const { [job.id]: _, ...others } = state.getState().jobs;
			state.setState({ jobs: job.endedAt === null ? { ...others, [job.id]: job } : others });
			if (job.endedAt === null) return;
			if (job.state === 'failed' && job.failure !== null) fail(job.failure.message);
			void refresh();
		},
		async open(id) {
			const before = shownId();
			if (id !== null) state.setState({ openId: id });
			if (shownId() === before && state.getState().documents !== null) return;
			state.setState({ documents: null, filter: 'all', query: '', result: null, searchFailure: null, reading: null });
			await fetchDocuments();
		},
		async filter(filter) {
			state.setState({ filter, documents: null });
			await fetchDocuments();
		},
		async more() {
			const collectionId = shownId();
			const { documents, filter } = state.getState();
			if (collectionId === undefined || documents === null) return;
			const next = await client.documents.list({
				...{ collectionId, limit: pageSize, offset: documents.length },
				...(filter === 'failed' ? { states: ['failed'] } : {}),
			});
			if (shownId() === collectionId) state.setState({ documents: [...documents, ...next.documents] });
		},
		async create(name) {
			const collection = await client.collections.create({ name });
			await fetchCollections();
			return collection;
		},
		async rename(id, name) {
			await client.collections.rename({ id, name });
			await fetchCollections();
		},
		async setSettings(id, settings) {
			await client.collections.setSettings({ id, settings });
			await refresh();
		},
		async remove(id) {
			await client.collections.remove({ id });
			state.setState({ openId: null, documents: null, reading: null, query: '', result: null });
			await refresh();
		},
		async restore(id) {
			await client.collections.restore({ id });
			state.setState({ openId: id, documents: null });
			await refresh();
		},
		async emptyTrash() {
			await client.collections.emptyTrash({});
			await fetchCollections();
		},
		async addFiles(files) {
			const bridge = getWindowBridge();
			if (bridge === undefined) {
				const uploadId = await uploaded(files);
				return add((collectionId) => client.documents.addUpload({ collectionId, uploadId }));
			}
			const paths = [...new Set(files.map(({ file, name }) => chosenPath(bridge.pathOfFile(file), name)))];
			await add((collectionId) => client.documents.addPaths({ collectionId, paths }));
		},
		addPath: (path, watch) => add((collectionId) => client.documents.addPaths({ collectionId, paths: [path], watch })),
		addText: (title, text) => add((collectionId) => client.documents.addText({ collectionId, title, text })),
		addConversation: (conversationId) =>
			add((collectionId) => client.documents.addConversation({ collectionId, conversationId })),
		addDatasetColumn: (datasetId, column) =>
			add((collectionId) => client.documents.addDatasetColumn({ collectionId, datasetId, column })),
		async removeDocument(id) {
			await client.documents.remove({ ids: [id] });
			state.setState(({ reading }) => ({
				reading: reading?.kind === 'document' && reading.document.id === id ? null : reading,
			}));
			await refresh();
		},
		async restoreDocuments(ids) {
			await client.documents.restore({ ids: [...ids] });
			await refresh();
		},
		async removeSource(sourceId) {
			const { documentIds } = await client.collections.removeSource({ sourceId });
			await refresh();
			return documentIds;
		},
		async restoreSource(sourceId) {
			await client.collections.restoreSource({ sourceId });
			await refresh();
		},
		async reread(ids) {
			await client.documents.reread({ ids: [...ids] });
			await refresh();
		},
		async fetchModel() {
			const { jobId } = await client.embeddingModels.fetch();
			const job = await client.jobs.get({ jobId });
			if (job.endedAt === null) state.setState(({ jobs }) => ({ jobs: { ...jobs, [job.id]: job } }));
		},
		search(query) {
			state.setState({ query, ...(query.trim() === '' ? { result: null, searchFailure: null } : {}) });
			clearTimeout(typing);
			typing = setTimeout(() => void search(), typingPauseMs);
		},
		searchBy(how) {
			state.setState(how);
			void search();
		},
		readDocument: (document) => state.setState({ reading: { kind: 'document', document } }),
		async readPassage(chunkId) {
			const found = await client.documents.passage({ chunkId, around });
			state.setState({ reading: { kind: 'passage', chunkId, found } });
		},
		closeReading: () => state.setState({ reading: null }),
	};
}

function isOurs({ kind }: Job): boolean {
	return kind === 'indexing' || kind === 'embedding-model';
}

/** A file chosen with its folder stands for the folder: `/home/ada/notes/a.md` chosen as `notes/a.md` is `/home/ada/notes`. */
export function chosenPath(path: string, name: string): string {
	const parts = name.split('/');
	if (parts.length < 2) return path;
	return path.slice(0, path.length - parts.slice(1).join('/').length - 1);
}

/** Returns the collection on the screen: the chosen one, else the first. */
export function shownCollection({
	collections,
	openId,
}: Pick<DocumentState, 'collections' | 'openId'>): Collection | undefined {
	return collections.find(({ id }) => id === openId) ?? collections[0];
}
