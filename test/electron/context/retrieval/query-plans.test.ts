import { expect, test } from 'vitest';
import { chunksToEmbed, documentToEmbed } from '../../../../electron/context/retrieval/chunk-store.ts';
import { countDocuments, documentPage } from '../../../../electron/context/retrieval/store.ts';
import { newerVectors } from '../../../../electron/context/retrieval/vector-index.ts';
import { queryPlan } from '../../../../electron/database/sql.ts';
import { createDatabase } from '../../../support/database.ts';

test('lists of documents, chunks to embed and new vectors are found by indexes, in order', () => {
	const { database } = createDatabase();
	const page = { collectionId: 1, states: '[]', text: '' };
	expect(queryPlan(database, documentPage, { ...page, limit: 1, offset: 0 }).join('\n')).toMatch(
		/^SEARCH d USING INDEX documents_collection \(collection_id=\?\)/,
	);
	expect(queryPlan(database, countDocuments, page).join('\n')).toContain('documents_collection (collection_id=?)');
	const next = queryPlan(database, documentToEmbed, { collectionId: 1, from: 0 }).join('\n');
	expect(next).toMatch(/^SEARCH documents USING INDEX documents_unembedded \(collection_id=\? AND id>\?\)/);
	const embedded = queryPlan(database, chunksToEmbed, { documentId: 1, vectors: 0, limit: 8 }).join('\n');
	expect(embedded).toMatch(/^SEARCH chunks USING INDEX chunks_document \(document_id=\? AND position>\?\)/);
	const newer = queryPlan(database, newerVectors, { collectionId: 1, after: 0 }).join('\n');
	expect(newer).toMatch(/^SEARCH v USING INDEX chunk_vectors_collection \(collection_id=\? AND rowid>\?\)/);
	for (const plan of [next, embedded, newer]) expect(plan).not.toContain('TEMP B-TREE');
});
