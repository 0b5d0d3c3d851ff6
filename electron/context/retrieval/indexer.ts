import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { Failure, failureFacts } from '../../../models/contract/failure.ts';
import { type Said, said } from '../../../models/contract/said.ts';
import type { Engine } from '../../../models/engine.ts';
import { vectorOf } from '../../../models/vectors.ts';
import type { Chunk } from '../../contract/documents/schema.ts';
import type { ModelFile } from '../../contract/library/schema.ts';
import { run, transaction } from '../../database/sql.ts';
import type { JobControl, Jobs } from '../../jobs/jobs.ts';
import { createLane, type Lane } from '../../jobs/lane.ts';
import { writeInTurns } from '../../jobs/write-in-turns.ts';
import { waitForChatIdle } from '../../jobs/yield-to-chat.ts';
import type { ParserPool } from '../../parsing/parser-pool.ts';
import {
	type ChunkSettings,
	type CountTokens,
	chunkDocument,
	chunkInput,
	type DocumentChunk,
} from '../documents/chunk-document.ts';
import { type ParsedDocument, packBlocks, unpackBlocks } from '../documents/parsed-document.ts';
import { readDocument } from '../documents/read-document.ts';
import { checkSources } from './check-sources.ts';
import {
	chunksOf,
	countVectors,
	deleteChunks,
	deleteVectors,
	insertChunk,
	insertVectors,
	readChunksWithoutVector,
	readText,
	setVectorModel,
	storeText,
	uncountVectors,
} from './chunk-store.ts';
import type { RetrievalContext } from './context.ts';
import { dropLeaving, hasLeaving } from './drop-documents.ts';
import { adoptHash, embeddingModelOf, hasVectorsOf, vectorModelKey } from './embedding-model.ts';
import { packVector } from './packed-vector.ts';
import { contentOfSource } from './source-content.ts';
import {
	type CollectionRow,
	type DocumentRow,
	getCollectionRow,
	getDocumentRow,
	getSource,
	isCutting,
	isIndexing,
	isStopped,
	listCollectionRows,
	pendingCollections,
	pendingDocuments,
	setCutting,
	setFailed,
	setIndexing,
	setReady,
	setStopped,
	touchIndex,
} from './store.ts';

/** Texts of one call to the engine: the embedding of a query waits for at most one call. */
const embeddedAtOnce = 8;

/** How often to check whether a measurement still runs, ms. */
const busyPollMs = 500;

/** Shortest time between two events about one collection, ms. */
const eventMs = 250;

/** Characters of a token, where no tokeniser is there to count: less than words of any language that uses spaces have. */
const estimatedCharactersPerToken = 3;

export interface IndexerOptions {
	readonly jobs: Jobs;
	/** The processes that read documents. */
	readonly pool: ParserPool;
	/** Whether a model writes for a person. */
	readonly answering: () => boolean;
	/** Whether something is measured that must not be disturbed. */
	readonly measuring: () => boolean;
}

/** Reads documents, cuts them into chunks and computes vectors, as one job for each collection. */
export interface Indexer {
	/**
	 * Starts or continues the job of a collection, which looks for changes first, because the user asked for something;
	 * returns its id. Does nothing for one in the trash.
	 */
	start(collectionId: number): string | null;
	/**
	 * Looks for changes without a job, and starts one if there is something to read or to embed, unless the user cancelled
	 * the last one.
	 */
	check(collectionId: number): void;
	/** Takes the chunks of documents that left a collection out of the index, as a job. */
	dropLeaving(collectionId: number): void;
	/** Has every document cut again, from the text that was read. */
	cutAgain(collectionId: number): Promise<void>;
	/** Names the file of a document that was uploaded: it is there until the document is read. */
	offerFile(documentId: number, path: string): void;
	/** Forgets these files: other documents have the ids. */
	forgetOffered(): void;
	/** Returns the job that indexes a collection now; null: none. */
	jobOf(collectionId: number): string | null;
	/** Ends the job of a collection; what is unfinished goes on at the next start. */
	stop(collectionId: number): Promise<void>;
	/** Continues what an earlier process left, and computes vectors that are missing, where the user didn't stop it. */
	resume(): void;
	/** Whether some chunks could get a vector now. */
	lacksVectors(collectionId: number): boolean;
	/** Ends the checks; jobs end by themselves. */
	close(): Promise<void>;
	/** Returns the chunks that other settings would give. */
	preview(documentId: number, settings: ChunkSettings): ReturnType<typeof chunkDocument>;
}

/** The job of a collection. */
interface Running {
	readonly jobId: string;
	/** Whether it also reads and embeds, not only takes out what left. */
	indexes: boolean;
	/** Aborts when there is something new to read, which goes before more vectors. */
	news: AbortController;
}

/** Waits for a turn in the lane, until `signal` aborts, then for the work; returns whether its turn came. */
async function takeTurn(lane: Lane, signal: AbortSignal, work: () => Promise<void>): Promise<boolean> {
	if (signal.aborted) return false;
	const { promise: left, resolve } = Promise.withResolvers<void>();
	const leave = (): void => resolve();
	signal.addEventListener('abort', leave);
	let began = false;
	const turn = lane(async () => {
		if (signal.aborted) return;
		began = true;
		await work();
	});
	try {
		await Promise.race([turn, left.then(() => (began ? turn : undefined))]);
	} finally {
		signal.removeEventListener('abort', leave);
	}
	return began;
}

/** Creates the indexer. Only `resume` and `start` begin work. */
export function createIndexer(context: RetrievalContext, options: IndexerOptions): Indexer {
	const { database, events, clock, log } = context;
	const { jobs } = options;
	const running = new Map<number, Running>();
	/** Documents are read while another collection's chunks get their vectors: words find them at once. */
	const reading = createLane();
	const embedding = createLane();
	/** Two checks of one folder at the same time would both add its new files. */
	const checking = createLane();
	const offered = new Map<number, string>();
	const reportedAt = new Map<number, number>();
	const closing = new AbortController();
	/** One check at a time. */
	let checked: Promise<void> = Promise.resolve();

	function tell(collectionId: number, always = false): void {
		const now = performance.now();
		if (!always && now - (reportedAt.get(collectionId) ?? Number.NEGATIVE_INFINITY) < eventMs) return;
		reportedAt.set(collectionId, now);
		events.publish({ type: 'documents-changed', collectionId });
	}

	function liveCollection(id: number): CollectionRow | null {
		try {
			const row = getCollectionRow(database, id);
			return row.deletedAt === null ? row : null;
		} catch (error) {
			if (error instanceof Failure && error.code === 'collection-unknown') return null;
			throw error;
		}
	}

	/** A job that the user cancelled before its turn never runs, so it is not taken off the list. */
	function runningJob(collectionId: number): Running | null {
		const entry = running.get(collectionId);
		if (entry === undefined) return null;
		const { state } = jobs.get(entry.jobId);
		if (state === 'queued' || state === 'running') return entry;
		running.delete(collectionId);
		return null;
	}

	function start(collectionId: number): string | null {
		setStopped(database, collectionId, false);
		return begin(collectionId);
	}

	/** Begins or continues a job; one that does not index only takes out what left. */
	function begin(collectionId: number, indexes = true): string | null {
		const current = runningJob(collectionId);
		if (current !== null) {
			current.indexes ||= indexes;
			current.news.abort();
			return current.jobId;
		}
		const collection = liveCollection(collectionId);
		if (collection === null) return null;
		const job = jobs.start({
			kind: 'indexing',
			title: said`${collection.name}`,
			unit: 'documents',
			// Jobs of several collections run at once, and take turns below.
			lane: `indexing ${collectionId}`,
			onCancel() {
				if (running.get(collectionId)?.indexes === true) setStopped(database, collectionId, true);
			},
			async work(control) {
				try {
					const entry = running.get(collectionId);
					if (entry === undefined) return;
					const sayIfWaiting = (lane: Lane): void => {
						if (lane.holder() !== null)
							control.stage(said`${collection.name}: waiting for another collection`, 'documents');
					};
					do {
						entry.news = new AbortController();
						await takeOut(collection, control);
						if (!entry.indexes) continue;
						sayIfWaiting(reading);
						const wasRead = await takeTurn(reading, control.signal, async () => {
							await checkInTurn(collectionId, control.signal);
							control.signal.throwIfAborted();
							await indexDocuments(collectionId, control);
						});
						if (!wasRead) control.signal.throwIfAborted();
						sayIfWaiting(embedding);
						const untilNews = AbortSignal.any([control.signal, entry.news.signal]);
						const work = () => embedChunks(collectionId, control, entry.news.signal);
						if (!(await takeTurn(embedding, untilNews, work))) control.signal.throwIfAborted();
					} while (entry.news.signal.aborted && !control.signal.aborted);
					// It was cancelled when nothing was left to do.
					if (entry.indexes && !entry.news.signal.aborted) setStopped(database, collectionId, false);
				} finally {
					running.delete(collectionId);
					tell(collectionId, true);
				}
			},
		});
		running.set(collectionId, { jobId: job.id, indexes, news: new AbortController() });
		tell(collectionId, true);
		return job.id;
	}

	function checkInTurn(collectionId: number, signal: AbortSignal): Promise<boolean> {
		return takeTurn(checking, signal, () => checkSources(context, collectionId, signal));
	}

	async function takeOut({ id, name }: Pick<CollectionRow, 'id' | 'name'>, control: JobControl): Promise<void> {
		if (!hasLeaving(database, id)) return;
		control.stage(said`${name}: taking out removed documents`, 'documents');
		await dropLeaving(context, id, control.signal, (done, total) => {
			control.progress(done, total);
			tell(id);
		});
	}

	async function check(collectionId: number): Promise<void> {
		if (runningJob(collectionId) !== null) return void begin(collectionId);
		if (liveCollection(collectionId) === null) return;
		if (!(await checkInTurn(collectionId, closing.signal))) return;
		if (hasLeaving(database, collectionId)) begin(collectionId, false);
		if (isStopped(database, collectionId)) return;
		if (pendingDocuments(database, collectionId, 1).length > 0 || lacksVectors(collectionId)) begin(collectionId);
	}

	async function indexDocuments(collectionId: number, control: JobControl): Promise<void> {
		const collection = liveCollection(collectionId);
		if (collection === null) return;
		const model = embeddingModelOf(context, collection.settings);
		if (model !== null) {
			adoptHash(context, collectionId, model);
			await countAgain(collectionId, vectorModelKey(model), control.signal);
		}
		let done = 0;
		control.stage(said`${collection.name}`, 'documents');
		for (;;) {
			control.signal.throwIfAborted();
			const row = liveCollection(collectionId);
			const [document] = row === null ? [] : pendingDocuments(database, collectionId, 1);
			if (row === null || document === undefined) return;
			if (options.answering()) {
				control.stage(said`${row.name}: waiting for the chat answer to finish`, 'documents');
				control.progress(done, done + row.waiting);
				await waitForChatIdle({ answering: options.answering, events }, control.signal);
				control.stage(said`${row.name}`, 'documents');
				// Documents may have been removed meanwhile.
				continue;
			}
			if (hasLeaving(database, collectionId)) {
				await takeOut(row, control);
				control.stage(said`${collection.name}`, 'documents');
				continue;
			}
			control.progress(done, done + row.waiting);
			await indexDocument(row, document, control.signal);
			done += 1;
			tell(collectionId);
		}
	}

	/** Chunks that were counted by another tokeniser, or estimated, may be longer than the model reads. */
	function countAgain(collectionId: number, key: string, signal: AbortSignal): Promise<void> {
		const sql = `UPDATE documents SET state = 'waiting' WHERE id IN (
			SELECT id FROM documents
			WHERE collection_id = :collectionId AND state = 'ready' AND counted_by IS NOT :key LIMIT :limit)`;
		return inPieces(200, signal, (limit) => run(database, sql, { collectionId, key, limit }).changes);
	}

	async function indexDocument(collection: CollectionRow, document: DocumentRow, signal: AbortSignal): Promise<void> {
		if (!setIndexing(database, document.id)) return;
		try {
			const parsed = await textOf(document, signal);
			const counter = await tokenCounter(collection, signal);
			const { chunkTokens, overlapTokens } = collection.settings;
			const size = Math.min(chunkTokens, counter.limit);
			const chunks = await chunkDocument(parsed, { size, overlap: overlapTokens }, counter.count);
			const ready = (vectors: number): void =>
				transaction(database, () => {
					const tokens = chunks.reduce((sum, chunk) => sum + chunk.tokens, 0);
					setReady(database, document.id, { chunks: chunks.length, vectors, tokens }, clock());
					const sql = 'UPDATE documents SET counted_by = :key WHERE id = :id';
					run(database, sql, { id: document.id, key: counter.key });
					touchIndex(database, document.collectionId, clock());
				});
			// A file that was only touched keeps its vectors.
			if (await hasChunks(document, chunks)) return ready(countVectors(database, document.id));
			await clearChunks(document, signal);
			let goesOn = true;
			const insert = ([at, chunk]: [number, (typeof chunks)[number]]): void =>
				void insertChunk(database, document.id, document.collectionId, {
					position: at,
					text: chunk.text,
					start: chunk.offset,
					end: chunk.offset + chunk.length,
					page: chunk.page,
					lastPage: chunk.lastPage,
					heading: [...chunk.headingPath],
					context: chunk.context,
					tokens: chunk.tokens,
				});
			await writeInTurns(database, chunks.entries(), insert, {
				signal,
				goesOn: () => (goesOn = isIndexing(database, document.id)),
			});
			if (!goesOn) return await clearChunks(document, signal);
			ready(0);
		} catch (error) {
			// The document stays `indexing`, and the next start reads it from its beginning.
			signal.throwIfAborted();
			const failure = failureFacts(error);
			if (failure.code === 'internal') log(`documents: ${document.title}: ${failure.detail ?? failure.message}`);
			await clearChunks(document, signal);
			if (!isIndexing(database, document.id)) return;
			transaction(database, () => {
				setFailed(database, document.id, failure);
				touchIndex(database, document.collectionId, clock());
			});
		} finally {
			// After an abort it is read from there at the next start.
			if (!signal.aborted) offered.delete(document.id);
		}
	}

	function clearChunks(document: DocumentRow, signal: AbortSignal): Promise<void> {
		return inPieces(32, signal, (limit) => deleteChunks(database, document.id, limit));
	}

	/** Whether the index holds exactly these chunks of a document. */
	async function hasChunks(document: DocumentRow, chunks: readonly DocumentChunk[]): Promise<boolean> {
		const limit = 200;
		for (let offset = 0; offset <= chunks.length; offset += limit) {
			const stored = chunksOf(database, document.id, { limit, offset });
			const own = chunks.slice(offset, offset + limit);
			if (stored.length !== own.length || !own.every((chunk, index) => isSameChunk(stored[index]!, chunk)))
				return false;
			await sleep(0);
		}
		return true;
	}

	/** Repeats what changes up to so many rows until there are no more. */
	async function inPieces(atOnce: number, signal: AbortSignal, change: (limit: number) => number): Promise<void> {
		while (change(atOnce) === atOnce) {
			signal.throwIfAborted();
			await sleep(0);
		}
	}

	/** Returns the text that was read before if the content is the same, else reads it. */
	async function textOf(document: DocumentRow, signal: AbortSignal): Promise<ParsedDocument> {
		const source = getSource(database, document.sourceId);
		if (source === null) throw new Error(`document ${document.id} has no source`);
		const stored = (): ParsedDocument | null => {
			const text = readText(database, document.id);
			if (text === null) return null;
			const { pages, title } = document;
			return {
				title,
				pages,
				text: text.text,
				format: text.format as ParsedDocument['format'],
				blocks: unpackBlocks(text.blocks),
			};
		};
		const upload = offered.get(document.id);
		const content =
			upload === undefined ? await contentOfSource(context, source, document) : { name: document.title, path: upload };
		if (content === null) {
			const kept = stored();
			if (kept !== null) return kept;
			throw new Failure({
				code: 'document-lost',
				message: said`“${document.title}” had not been read when Assay closed.`,
				next: [said`Add it again`],
			});
		}
		const sha256 = await hashOf(content, signal);
		if (sha256 === document.sha256) {
			const kept = stored();
			if (kept !== null) return kept;
		}
		const parsed = await readDocument(content, { signal, pool: options.pool });
		transaction(database, () => {
			// A name that the user sees in the folder is easier to find again than a title within the file.
			const title = document.path === null ? document.title : document.title || parsed.title;
			const { text, format, pages } = parsed;
			storeText(database, document.id, { text, format, pages, title, sha256, blocks: packBlocks(parsed.blocks) });
		});
		return parsed;
	}

	/** Counts tokens as the embedding model does; by the loaded chat model, or an estimate, where there is none. */
	async function tokenCounter(
		{ settings }: Pick<CollectionRow, 'settings'>,
		signal: AbortSignal,
	): Promise<{ readonly count: CountTokens; readonly limit: number; readonly key: string | null }> {
		const model = embeddingModelOf(context, settings);
		if (model === null) {
			const estimate: CountTokens = async (texts) =>
				texts.map(({ length }) => Math.ceil(length / estimatedCharactersPerToken));
			return { count: estimate, limit: Number.MAX_SAFE_INTEGER, key: null };
		}
		const engine = await acquire(model, signal);
		return {
			count: (texts) => Promise.all(texts.map(async (text) => (await engine.tokenize(text)).length)),
			limit: longestInput(engine),
			key: vectorModelKey(model),
		};
	}

	function acquire(model: ModelFile, signal: AbortSignal): Promise<Engine> {
		return context.library.acquire(model.id, { kind: 'embedding' }, { signal });
	}

	function lacksVectors(collectionId: number): boolean {
		const collection = liveCollection(collectionId);
		if (collection === null || collection.chunks === 0) return false;
		const model = embeddingModelOf(context, collection.settings);
		return model !== null && (collection.vectors < collection.chunks || !hasVectorsOf(collection.vectorModel, model));
	}

	/** Gives chunks their vectors until there is something new to read. */
	async function embedChunks(collectionId: number, control: JobControl, news: AbortSignal): Promise<void> {
		const { signal } = control;
		const collection = liveCollection(collectionId);
		if (collection === null || collection.chunks === 0) return;
		const model = embeddingModelOf(context, collection.settings);
		if (model === null) {
			if (!collection.settings.vectors && collection.vectorModel !== null) await clearVectors(collectionId, signal);
			return;
		}
		const key = vectorModelKey(model);
		if (collection.vectorModel !== null && !hasVectorsOf(collection.vectorModel, model))
			await clearVectors(collectionId, signal);
		if (readChunksWithoutVector(database, collectionId, 1).length === 0) return;
		const engine = await acquire(model, signal);
		const dimensions = engine.capabilities().embedding?.dimensions ?? null;
		setVectorModel(database, collectionId, key, dimensions);
		control.stage(meaningOf(collection.name), 'chunks');
		const total = collection.chunks;
		let done = getCollectionRow(database, collectionId).vectors;
		for (;;) {
			const chunks = readChunksWithoutVector(database, collectionId, embeddedAtOnce);
			if (chunks.length === 0 || news.aborted) return;
			await waitForTurn(collection.name, control);
			const current = await acquire(model, signal);
			const { vectors } = await current.embed({ inputs: chunks.map(chunkInput) });
			signal.throwIfAborted();
			const row = liveCollection(collectionId);
			// Settings were changed meanwhile: these vectors belong to a model that is not used any more.
			if (row === null || row.vectorModel !== key) return;
			transaction(database, () => {
				insertVectors(
					database,
					collectionId,
					chunks.map(({ id, documentId }, index) => ({
						chunkId: id,
						documentId,
						vector: packVector(vectorOf(vectors[index] ?? '')),
					})),
				);
				touchIndex(database, collectionId, clock());
			});
			done += chunks.length;
			control.progress(Math.min(done, total), total);
			tell(collectionId);
		}
	}

	/** Waits for chat answers and measurements, and says so meanwhile. */
	async function waitForTurn(name: string, control: JobControl): Promise<void> {
		const { signal } = control;
		signal.throwIfAborted();
		if (!options.answering() && !options.measuring()) return;
		if (options.answering()) {
			control.stage(said`${name}: waiting for the chat answer to finish`, 'chunks');
			await waitForChatIdle({ answering: options.answering, events }, signal);
		}
		if (options.measuring()) control.stage(said`${name}: waiting for a measurement`, 'chunks');
		while (options.measuring()) await sleep(busyPollMs, undefined, { signal });
		control.stage(meaningOf(name), 'chunks');
	}

	async function clearVectors(collectionId: number, signal: AbortSignal): Promise<void> {
		await inPieces(200, signal, (limit) => uncountVectors(database, collectionId, limit));
		await inPieces(64, signal, (limit) => deleteVectors(database, collectionId, limit));
		transaction(database, () => {
			setVectorModel(database, collectionId, null, null);
			touchIndex(database, collectionId, clock());
		});
	}

	async function cutAgain(collectionId: number): Promise<void> {
		const sql = `UPDATE documents SET state = 'waiting' WHERE id IN (
			SELECT id FROM documents WHERE collection_id = :collectionId AND state IN ('ready', 'indexing') LIMIT :limit)`;
		await inPieces(200, closing.signal, (limit) => run(database, sql, { collectionId, limit }).changes);
		setCutting(database, collectionId, false);
	}

	function afterChecks(work: () => Promise<void>): void {
		checked = checked
			.then(() => (closing.signal.aborted ? undefined : work()))
			.catch((error: unknown) => {
				if (!closing.signal.aborted) log(`documents: ${String(error)}`);
			});
	}

	/** Continues what an earlier process left, or one that a call of this process is about to finish. */
	async function finishCut(collectionId: number): Promise<void> {
		if (!isCutting(database, collectionId)) return;
		await cutAgain(collectionId);
		if (!isStopped(database, collectionId)) begin(collectionId);
	}

	return {
		start,
		check: (collectionId) => afterChecks(() => check(collectionId)),
		dropLeaving: (collectionId) => void begin(collectionId, false),
		async close() {
			closing.abort();
			await checked;
		},
		cutAgain,
		offerFile: (documentId, path) => void offered.set(documentId, path),
		forgetOffered: () => offered.clear(),
		jobOf: (collectionId) => runningJob(collectionId)?.jobId ?? null,
		async stop(collectionId) {
			const entry = running.get(collectionId);
			if (entry === undefined) return;
			await jobs.cancel(entry.jobId);
			// A job that was still queued never runs its `finally`.
			running.delete(collectionId);
		},
		resume() {
			const pending = new Set(pendingCollections(database));
			for (const { id } of listCollectionRows(database, false))
				if (isCutting(database, id)) afterChecks(() => finishCut(id));
				else if (!isStopped(database, id) && (pending.has(id) || lacksVectors(id))) begin(id);
				else if (hasLeaving(database, id)) begin(id, false);
		},
		lacksVectors,
		async preview(documentId, settings) {
			const text = readText(database, documentId);
			if (text === null) return [];
			const parsed = {
				title: '',
				pages: null,
				text: text.text,
				format: text.format as ParsedDocument['format'],
				blocks: unpackBlocks(text.blocks),
			};
			const { collectionId } = getDocumentRow(database, documentId);
			const counter = await tokenCounter(getCollectionRow(database, collectionId), new AbortController().signal);
			return chunkDocument(parsed, { ...settings, size: Math.min(settings.size, counter.limit) }, counter.count);
		},
	};
}

function isSameChunk(stored: Chunk, { offset, length, ...chunk }: DocumentChunk): boolean {
	return (
		stored.text === chunk.text &&
		stored.context === chunk.context &&
		stored.start === offset &&
		stored.end === offset + length &&
		stored.page === chunk.page &&
		stored.lastPage === chunk.lastPage &&
		stored.tokens === chunk.tokens &&
		isDeepStrictEqual(stored.heading, chunk.headingPath)
	);
}

const meaningOf = (name: string): Said => said`${name}: meaning of passages`;

/** Tokens of the longest text that the model reads, without its special ones. */
function longestInput(engine: Engine): number {
	const special = 2;
	return engine.capabilities().contextSize - special;
}

async function hashOf(
	content: { readonly path: string } | { readonly bytes: Uint8Array },
	signal: AbortSignal,
): Promise<string | null> {
	const hash = createHash('sha256');
	if ('bytes' in content) return hash.update(content.bytes).digest('hex');
	try {
		for await (const part of createReadStream(content.path, { signal })) hash.update(part as Buffer);
	} catch {
		// The read that follows reports a clearer reason.
		signal.throwIfAborted();
		return null;
	}
	return hash.digest('hex');
}
