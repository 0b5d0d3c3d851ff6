import { expect, test } from 'vitest';
import { createDocumentLibrary } from '../../../../electron/context/document-library.ts';
import { listCollections, listSources } from '../../../../electron/context/retrieval/collections.ts';
import { listDocuments } from '../../../../electron/context/retrieval/documents.ts';
import { getCollectionRow } from '../../../../electron/context/retrieval/store.ts';
import type { ReadableDatabase } from '../../../../electron/database/database.ts';
import { all, run } from '../../../../electron/database/sql.ts';
import { documentsForTest } from '../../../support/documents.ts';
import { seededRandom } from '../../../support/seeded-random.ts';

const states = ['waiting', 'indexing', 'ready', 'failed', 'removed'];

function countedAnew(database: ReadableDatabase) {
	return {
		collections: all(
			database,
			`SELECT c.id, count(d.id) AS documents, count(*) FILTER (WHERE d.state IN ('waiting', 'indexing')) AS waiting,
				count(*) FILTER (WHERE d.state = 'failed') AS failed, coalesce(sum(d.chunks), 0) AS chunks,
				coalesce(sum(d.vectors), 0) AS vectors, coalesce(sum(d.characters), 0) AS characters
				FROM collections c LEFT JOIN documents d ON d.collection_id = c.id AND d.state <> 'removed' GROUP BY c.id`,
		),
		sources: all(
			database,
			`SELECT s.id, count(d.id) AS documents FROM document_sources s
				LEFT JOIN documents d ON d.source_id = s.id AND d.state <> 'removed' GROUP BY s.id`,
		),
	};
}

function counted(database: ReadableDatabase) {
	return {
		collections: all(
			database,
			'SELECT id, documents, waiting, failed, chunks, vectors, characters FROM collections ORDER BY id',
		),
		sources: all(database, 'SELECT id, documents FROM document_sources ORDER BY id'),
	};
}

function insertCollections(database: ReturnType<typeof documentsForTest>['database']): void {
	for (const id of [1, 2]) {
		run(database, `INSERT INTO collections (id, name, created_at, updated_at) VALUES (:id, 'C' || :id, 1, 1)`, { id });
		run(
			database,
			`INSERT INTO document_sources (id, collection_id, kind, path, created_at) VALUES (:id, :id, 'folder', '/none', 1)`,
			{ id },
		);
	}
}

test('what documents add up to stays right through any changes', () => {
	const { database } = documentsForTest();
	insertCollections(database);
	const random = seededRandom(5);
	const below = (limit: number): number => Math.floor(random() * limit);
	for (let step = 0; step < 400; step += 1) {
		const id = 1 + below(30);
		const values = {
			...{ id, state: states[below(5)]!, chunks: below(9), vectors: below(9), characters: below(99) },
		};
		const place = 1 + (id % 2);
		if (below(10) === 0) run(database, 'DELETE FROM documents WHERE id = :id', { id });
		else
			run(
				database,
				`INSERT INTO documents (id, collection_id, source_id, title, state, chunks, vectors, characters, added_at)
					VALUES (:id, :place, :place, 'x', :state, :chunks, :vectors, :characters, 1)
					ON CONFLICT (id) DO UPDATE SET state = :state, chunks = :chunks, vectors = :vectors, characters = :characters`,
				{ ...values, place },
			);
		if (step % 40 === 0) expect(counted(database)).toEqual(countedAnew(database));
	}
	expect(counted(database)).toEqual(countedAnew(database));
	run(database, 'DELETE FROM document_sources WHERE id = 1');
	expect(counted(database)).toEqual(countedAnew(database));
});

test('a collection of 20,000 documents is listed about as fast as one of 200', () => {
	const context = documentsForTest();
	const { database } = context;
	insertCollections(database);
	for (const [id, count] of [
		[1, 200],
		[2, 20_000],
	] as const)
		run(
			database,
			`INSERT INTO documents (collection_id, source_id, title, path, state, chunks, vectors, characters, added_at)
				SELECT :id, :id, 'Document ' || value, '/none/' || value, 'ready', 50, 50, 4000, 1
				FROM (WITH RECURSIVE n (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < :count) SELECT value FROM n)`,
			{ id, count },
		);
	const library = createDocumentLibrary(context);
	const calls = (id: number) => [
		() => getCollectionRow(database, id),
		() => listSources(context, id),
		() => library.chosen([{ collectionId: id }]),
		() => context.indexer.lacksVectors(id),
	];
	/** The fastest of several times in milliseconds: what else runs only makes it longer. */
	const fastest = (call: () => unknown): number =>
		Math.min(
			...Array.from({ length: 15 }, () => {
				const began = performance.now();
				call();
				return performance.now() - began;
			}),
		);
	const small = calls(1).map(fastest);
	const large = calls(2).map(fastest);
	for (const [index, ms] of large.entries()) expect(ms).toBeLessThan(10 * small[index]! + 1);
	expect(listCollections(context, false).collections).toMatchObject([{ chunks: 10_000 }, { chunks: 1_000_000 }]);
	const page = listDocuments(context, { collectionId: 2, text: '', limit: 10, offset: 0 });
	expect(page.total).toBe(20_000);
});
