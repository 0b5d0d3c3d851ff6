import { describe, expect, test } from 'vitest';
import { createCollection, openCollection } from '../../../../electron/context/retrieval/collections.ts';
import { addConversation, addText } from '../../../../electron/context/retrieval/documents.ts';
import { searchCollections } from '../../../../electron/context/retrieval/search-collections.ts';
import { get, run } from '../../../../electron/database/sql.ts';
import { documentsForTest } from '../../../support/documents.ts';
import { buildModelFile } from '../../../support/fixtures/model.ts';

const embeddingModel = buildModelFile(7, { name: 'all-MiniLM-L6-v2', kind: 'embedding', sha256: 'ab' });

const texts = {
	Tides: '# Tides\n\nThe moon pulls the sea towards it, so the water rises twice a day.',
	Bread: '# Bread\n\nFlour, water, salt and yeast. Let the dough rise for two hours.',
	Owls: '# Owls\n\nOwls hunt at night. Their feathers make no sound.',
};

async function collectionOf(context: ReturnType<typeof documentsForTest>, name = 'Notes') {
	const { id } = createCollection(context, { name });
	for (const [title, text] of Object.entries(texts)) addText(context, { collectionId: id, title, text });
	await context.indexed(id);
	return id;
}

describe('a search', () => {
	test('finds passages by words alone while there is no embedding model', async () => {
		const context = documentsForTest();
		const id = await collectionOf(context);
		expect(openCollection(context, id)).toMatchObject({ documents: 3, waiting: 0, failed: 0, chunks: 3, vectors: 0 });
		const result = await searchCollections(context, { collectionIds: [id], query: 'How does the MOON move the sea?' });
		expect(result).toMatchObject({ mode: 'bm25', outcome: 'found' });
		expect(result.passages[0]).toMatchObject({ document: 'Tides', heading: ['Tides'], rank: 1, ranks: { bm25: 1 } });
	});

	test('fuses words and vectors once there is an embedding model', async () => {
		const context = documentsForTest({ models: [embeddingModel] });
		const id = await collectionOf(context);
		expect(openCollection(context, id)).toMatchObject({ chunks: 3, vectors: 3, embeddingModel: { id: 7 } });
		const query = 'owls night feathers';
		const { passages, mode } = await searchCollections(context, { collectionIds: [id], query });
		expect(mode).toBe('hybrid');
		expect(passages[0]).toMatchObject({ document: 'Owls', ranks: { bm25: 1, vector: 1 }, score: 2 / 61 });
	});

	test('shows no passage of a document that was removed, though its chunks are still there', async () => {
		const context = documentsForTest({ models: [embeddingModel] });
		const id = await collectionOf(context);
		run(context.database, `UPDATE documents SET state = 'removed', chunks = 0, vectors = 0 WHERE title = 'Owls'`);
		const { passages } = await searchCollections(context, { collectionIds: [id], query: 'owls night feathers' });
		expect(passages.map(({ document }) => document)).not.toContain('Owls');
	});

	test('gives as many passages as wanted after the best ones went with their conversation', async () => {
		const context = documentsForTest({ models: [embeddingModel] });
		const { database } = context;
		const { id } = createCollection(context, { name: 'Chats' });
		const count = 12;
		for (let n = 1; n <= count; n += 1) {
			const sql = `INSERT INTO conversations (id, title, created_at, updated_at) VALUES (:n, 'About owls', 1, 1)`;
			run(database, sql, { n });
			run(
				database,
				`INSERT INTO messages (id, conversation_id, role, status, content, created_at)
					VALUES (:n, :n, 'user', 'complete', 'Do owls hunt at night?', 1)`,
				{ n },
			);
			run(database, 'UPDATE conversations SET head_message_id = :n WHERE id = :n', { n });
			await addConversation(context, { collectionId: id, conversationId: n });
		}
		await context.indexed(id);
		const input = { collectionIds: [id], query: 'owls hunt night', k: 3, mode: 'vector' as const };
		const before = await searchCollections(context, input);
		expect(before.passages).toHaveLength(3);
		const gone = new Set(before.passages.map(({ documentId }) => documentId));
		const revision = () =>
			get<{ revision: number }>(database, 'SELECT revision FROM collections WHERE id = :id', { id })!.revision;
		const counted = revision();
		run(
			database,
			`DELETE FROM conversations WHERE id IN (SELECT s.conversation_id FROM document_sources s
				JOIN documents d ON d.source_id = s.id WHERE d.id IN (SELECT value FROM json_each(:gone)))`,
			{ gone: JSON.stringify([...gone]) },
		);
		expect(revision()).toBeGreaterThan(counted);
		const after = await searchCollections(context, input);
		expect(after.passages).toHaveLength(3);
		expect(after.passages.filter(({ documentId }) => gone.has(documentId))).toEqual([]);
	});
});
