import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { packVector } from '../../electron/context/retrieval/packed-vector.ts';
import { searchCollections } from '../../electron/context/retrieval/search-collections.ts';
import { createSearchThread } from '../../electron/context/retrieval/search-thread.ts';
import type { ModelFile } from '../../electron/contract/library/schema.ts';
import { defaultSettings } from '../../electron/contract/settings/defaults.ts';
import { closeDatabase, connect } from '../../electron/database/connect.ts';
import { connectionOf, type WritableDatabase } from '../../electron/database/database.ts';
import {
	defaultMigrationsFolder,
	migrate,
	pendingMigrations,
	readMigrations,
} from '../../electron/database/migrations.ts';
import { run, transaction } from '../../electron/database/sql.ts';
import { defaultLoadOptions } from '../../models/contract/load.ts';
import { createModelRuntime, createNodeLauncher } from '../../models/runtime/runtime.ts';
import { normalised } from '../../models/vectors.ts';
import { buildModelFile } from '../support/fixtures/model.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { writeAsF16 } from '../support/starter-f16.ts';
import { commonWords, vocabulary, zipf } from './library/words.ts';
import type { BenchContext, Measurement, Outcome } from './measurement.ts';
import { median } from './statistics.ts';

/** Dimensions of all-MiniLM-L6-v2. */
const dimensions = 384;

const shared = join(import.meta.dirname, '../../../shared/data');

/** The words of the articles in ../shared/data, in order; the commonest of English without it. */
const article: readonly string[] = existsSync(join(shared, 'wikitext2/wiki.test.raw'))
	? Array.from(
			readFileSync(join(shared, 'wikitext2/wiki.test.raw'), 'utf8')
				.toLowerCase()
				.matchAll(/[a-z]+/g),
			([word]) => word,
		)
	: commonWords;

function byFrequency(words: readonly string[]): string[] {
	const counts = new Map<string, number>();
	for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
	return [...counts].toSorted(([, a], [, b]) => b - a).map(([word]) => word);
}

/**
 * Words of the texts and the queries, as frequent as in English; most common first. The 17,000 most common are real,
 * because an embedding model cuts invented ones into three times as many tokens.
 */
export const benchWords = vocabulary(50_000, seededRandom(3), byFrequency(article));
const drawRank = zipf(benchWords.length);

/** Fills a database with one collection of so many chunks with vectors. */
function fill(path: string, chunks: number, wordsPerChunk: number): void {
	const database = connect(path);
	migrate(database, pendingMigrations(database, readMigrations(defaultMigrationsFolder)), 1);
	connectionOf(database).pragma('synchronous = OFF');
	const random = seededRandom(7);
	const word = (): string => benchWords[drawRank(random)]!;
	const perDocument = 50;
	run(
		database,
		`INSERT INTO collections (id, name, vector_model, dimensions, created_at, updated_at) VALUES (1, 'Bench', 'bench', :dimensions, 1, 1)`,
		{ dimensions },
	);
	run(database, `INSERT INTO document_sources (id, collection_id, kind, created_at) VALUES (1, 1, 'text', 1)`);
	// Filling the index once at the end takes a third of the time.
	const trigger = triggerOf(database);
	connectionOf(database).exec('DROP TRIGGER chunks_index_insert');
	for (let from = 0; from < chunks; from += 2_000) {
		transaction(database, () => {
			for (let id = from + 1; id <= Math.min(chunks, from + 2_000); id += 1) {
				const documentId = Math.ceil(id / perDocument);
				if (id % perDocument === 1)
					run(
						database,
						`INSERT INTO documents (id, collection_id, source_id, title, state, chunks, vectors, added_at)
							VALUES (:documentId, 1, 1, :title, 'ready', :perDocument, :perDocument, 1)`,
						{ documentId, title: `Document ${documentId}`, perDocument },
					);
				const text = Array.from({ length: wordsPerChunk }, word).join(' ');
				run(
					database,
					`INSERT INTO chunks (id, document_id, collection_id, position, text, start_at, end_at, tokens)
						VALUES (:id, :documentId, 1, :position, :text, 0, :end, :tokens)`,
					{ id, documentId, position: id % perDocument, text, end: text.length, tokens: wordsPerChunk },
				);
				const vector = normalised(Float32Array.from({ length: dimensions }, () => random() - 0.5));
				run(database, 'INSERT INTO chunk_vectors (chunk_id, collection_id, vector) VALUES (:id, 1, :vector)', {
					id,
					vector: packVector(vector),
				});
			}
		});
	}
	connectionOf(database).exec(`INSERT INTO chunks_fts (chunks_fts) VALUES ('rebuild'); ${trigger}`);
	closeDatabase(database);
}

function triggerOf(database: WritableDatabase): string {
	const statement = connectionOf(database).prepare(
		`SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name = 'chunks_index_insert'`,
	);
	return (statement.get() as { sql: string }).sql;
}

/** Rare words, words of every frequency, the commonest ones alone, and 30 words of an article. */
function queries(count: number): string[] {
	const random = seededRandom(11);
	const word = (): string => benchWords[drawRank(random)]!;
	const rare = (): string => benchWords[1_000 + Math.floor(random() * 20_000)]!;
	const common = (): string => benchWords[Math.floor(random() * 40)]!;
	return Array.from({ length: count }, (_, index) => {
		if (index % 4 === 0) return [rare(), rare(), common(), common()].join(' ');
		if (index % 4 === 1) return Array.from({ length: 8 }, word).join(' ');
		if (index % 4 === 2) return [common(), common(), common()].join(' ');
		const start = Math.floor(random() * (article.length - 30));
		return article.slice(start, start + 30).join(' ');
	});
}

/**
 * The embedding model to measure with: `ASSAY_EMBEDDING_MODEL`, or the one in ../shared/data, as F16 like the one that the
 * product makes.
 */
export async function embeddingModelPath(context: BenchContext): Promise<string> {
	if (process.env.ASSAY_EMBEDDING_MODEL !== undefined) return process.env.ASSAY_EMBEDDING_MODEL;
	const source = join(shared, 'embedding/all-MiniLM-L6-v2.Q8_0.gguf');
	if (!existsSync(source)) throw new Error('ASSAY_EMBEDDING_MODEL names no embedding model');
	const path = join(context.folder, 'all-MiniLM-L6-v2.F16.gguf');
	if (!existsSync(path)) await writeAsF16(source, path);
	return path;
}

/** Makes one collection of so many passages, unless `ASSAY_BENCH_DOCUMENTS` names a folder that has it; returns its path. */
export function documentsDatabase(context: BenchContext, chunks: number, wordsPerChunk: number): string {
	const path = join(process.env.ASSAY_BENCH_DOCUMENTS ?? context.folder, `documents-${chunks}.db`);
	if (!existsSync(path)) fill(path, chunks, wordsPerChunk);
	return path;
}

async function measure(context: BenchContext, chunks: number, wordsPerChunk: number): Promise<Outcome> {
	await context.release();
	const path = documentsDatabase(context, chunks, wordsPerChunk);
	const model: ModelFile = buildModelFile(1, {
		kind: 'embedding',
		sha256: 'bench',
		path: await embeddingModelPath(context),
	});
	const runtime = createModelRuntime({ launcher: createNodeLauncher(), log: () => {} });
	const database = connect(path);
	const thread = createSearchThread(path);
	try {
		const engine = await runtime.load({
			key: 'embedding',
			path: model.path,
			options: defaultLoadOptions,
		});
		const library = {
			all: () => [model],
			modelFile: () => model,
			acquire: async () => engine,
			loaded: () => engine,
			inBackground: () => engine,
		};
		const search = (query: string) =>
			searchCollections(
				{ database, thread, library, settings: () => defaultSettings },
				{ collectionIds: [1], query, k: 10, mode: 'hybrid' },
			);
		const before = process.memoryUsage.rss();
		const loadStart = performance.now();
		await search('water');
		const loadMs = performance.now() - loadStart;
		let longestBlockMs = 0;
		const values: number[] = [];
		const parts = { embed: [] as number[], bm25: [] as number[], vector: [] as number[] };
		for (const [index, query] of queries(context.quick ? 12 : 200).entries()) {
			if (index % 20 === 0) await context.settle();
			// One for each search: it would count the pauses between them too.
			const delay = monitorEventLoopDelay({ resolution: 1 });
			delay.enable();
			const { timing } = await search(query);
			delay.disable();
			longestBlockMs = Math.max(longestBlockMs, delay.max / 1e6);
			values.push(timing.total);
			for (const part of ['embed', 'bm25', 'vector'] as const) parts[part].push(timing[part]);
		}
		return {
			values,
			baselines: [],
			summary: 'p95',
			details: {
				chunks,
				embedMs: median(parts.embed),
				bm25Ms: median(parts.bm25),
				bm25MaxMs: Math.max(...parts.bm25),
				vectorMs: median(parts.vector),
				firstSearchMs: loadMs,
				longestBlockMs,
				memoryMb: (process.memoryUsage.rss() - before) / 1e6,
			},
		};
	} finally {
		await thread.close();
		closeDatabase(database);
		await runtime.close();
	}
}

/** A search by words and vectors over 100,000 chunks, with the query's embedding. */
export const documentSearch: Measurement = {
	name: 'document-search',
	about: 'one search of 100,000 chunks by words and vectors, with the embedding of the query; common words among them',
	unit: 'ms',
	target: { of: 'value', relation: 'at-most', limit: 50 },
	run: (context) => measure(context, context.quick ? 10_000 : 100_000, 150),
};

/** The same over a million, whose vectors are random. */
export const documentSearchMillion: Measurement = {
	name: 'document-search-million',
	about: 'one search of 1,000,000 chunks by words and vectors, with the embedding of the query',
	unit: 'ms',
	target: { of: 'value', relation: 'at-most', limit: 1_000 },
	run: (context) => measure(context, context.quick ? 20_000 : 1_000_000, 60),
};
