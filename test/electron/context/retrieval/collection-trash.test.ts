import { createHash } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { checkSources } from '../../../../electron/context/retrieval/check-sources.ts';
import { startCollectionTrash } from '../../../../electron/context/retrieval/collection-trash.ts';
import {
	createCollection,
	listCollections,
	openCollection,
	trashCollection,
} from '../../../../electron/context/retrieval/collections.ts';
import {
	addPaths,
	addText,
	listDocuments,
	removeDocuments,
	restoreDocuments,
} from '../../../../electron/context/retrieval/documents.ts';
import { searchCollections } from '../../../../electron/context/retrieval/search-collections.ts';
import { setRemoved } from '../../../../electron/context/retrieval/store.ts';
import { purge } from '../../../../electron/conversation/organise/purge.ts';
import { backupCutoff, backupRetentionMs } from '../../../../electron/conversation/organise/trash-retention.ts';
import { beginErasure, finishErasure, isErasureUnfinished } from '../../../../electron/database/secure-delete.ts';
import { all, get, run } from '../../../../electron/database/sql.ts';
import { Failure } from '../../../../models/contract/failure.ts';
import { type DocumentsForTest, documentsForTest } from '../../../support/documents.ts';
import { failureOf } from '../../../support/failure.ts';
import { buildModelFile } from '../../../support/fixtures/model.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const model = buildModelFile(7, { name: 'all-MiniLM-L6-v2', kind: 'embedding', sha256: 'ab' });

/** Words that occur nowhere else and have different beginnings. */
function secrets(label: string, count: number): string[] {
	return Array.from({ length: count }, (_, index) =>
		createHash('sha256')
			.update(`${label} ${index}`)
			.digest('hex')
			.replaceAll(/\d/g, (digit) => 'ghijklmnop'[+digit] ?? ''),
	);
}

/** The bytes of the database and its log. */
function bytesOf({ path }: DocumentsForTest): Buffer {
	const files = [path, `${path}-wal`].filter((file) => statSync(file, { throwIfNoEntry: false }) !== undefined);
	return Buffer.concat(files.map((file) => readFileSync(file)));
}

/** Returns the words that are found in the database or its log. An index omits the beginning that two neighbours share. */
function foundIn(context: DocumentsForTest, words: readonly string[]): string[] {
	const bytes = bytesOf(context);
	return words.filter((word) => bytes.includes(word.slice(8)));
}

function trashOf(context: DocumentsForTest) {
	const trash = startCollectionTrash(context);
	onTestFinished(() => trash.stop());
	return trash;
}

describe('emptying the trash', () => {
	test('leaves no byte of a collection: not of its texts, names, index or vectors', async () => {
		const context = documentsForTest({ models: [model], clock: () => 1_000_000 });
		const trash = trashOf(context);
		const words = secrets('gone', 400);
		const titles = secrets('title', 8);
		const [name = ''] = secrets('name', 1);
		const { id } = createCollection(context, { name, settings: { chunkTokens: 16 } });
		for (const [index, title] of titles.entries())
			addText(context, { collectionId: id, title, text: words.slice(index * 50, index * 50 + 50).join(' ') });
		const kept = secrets('kept', 50);
		const other = createCollection(context, { name: 'Kept' });
		addText(context, { collectionId: other.id, title: 'Kept', text: kept.join(' ') });
		await context.indexed(id);
		await context.indexed(other.id);
		expect(openCollection(context, id).vectors).toBeGreaterThan(20);
		expect(foundIn(context, [...words, ...titles, name])).toHaveLength(409);
		const vectors = all<{ vector: Uint8Array }>(
			context.database,
			'SELECT vector FROM chunk_vectors WHERE collection_id = :id',
			{ id },
		).map(({ vector }) => Buffer.from(vector));
		await searchCollections(context, { collectionIds: [id], query: words[0]! });
		await trashCollection(context, id);
		expect(listCollections(context, true)).toMatchObject({ collections: [{ id }], inTrash: 1 });
		expect(await trash.empty(null)).toEqual({ collections: 1, documents: 0 });
		expect(foundIn(context, [...words, ...titles, name])).toEqual([]);
		const left = bytesOf(context);
		expect(vectors.filter((vector) => left.includes(vector))).toEqual([]);
		expect(foundIn(context, kept)).toEqual(kept);
		const { passages } = await searchCollections(context, { collectionIds: [other.id], query: kept[3]! });
		expect(passages[0]).toMatchObject({ document: 'Kept' });
		expect(listCollections(context, true).inTrash).toBe(0);
		// Backups from before go in time, as for conversations.
		expect(backupCutoff(context.database, 1_000_000 + backupRetentionMs)).toBe(1_000_000);
	});

	test('continues what an earlier process began', async () => {
		const context = documentsForTest();
		const { id } = createCollection(context, { name: 'Notes' });
		addText(context, { collectionId: id, title: 'Owls', text: 'Owls hunt at night.' });
		await context.indexed(id);
		await trashCollection(context, id);
		const trash = startCollectionTrash(context);
		const emptied = trash.empty([id]);
		await trash.stop();
		await emptied;
		await trashOf(context).empty(null);
		expect((await failureOf(() => openCollection(context, id))).code).toBe('collection-unknown');
		for (const table of ['collections', 'documents', 'document_texts', 'chunks', 'document_sources'])
			expect(all(context.database, `SELECT * FROM ${table}`)).toEqual([]);
	});

	test('deletes the text of removed documents, which then can’t be restored', async () => {
		const context = documentsForTest();
		const trash = trashOf(context);
		const words = secrets('removed', 40);
		const { id } = createCollection(context, { name: 'Notes' });
		const { documentIds } = addText(context, { collectionId: id, title: 'One', text: words.join(' ') });
		addText(context, { collectionId: id, title: 'Two', text: 'Owls hunt at night.' });
		await context.indexed(id);
		await removeDocuments(context, documentIds);
		expect(await trash.empty(null)).toEqual({ collections: 0, documents: 1 });
		expect(foundIn(context, words)).toEqual([]);
		expect((await failureOf(() => restoreDocuments(context, documentIds))).code).toBe('document-unknown');
		expect(listDocuments(context, { collectionId: id, text: '', limit: 10, offset: 0 })).toMatchObject({
			total: 1,
			documents: [{ title: 'Two' }],
		});
	});

	test('deletes every word of a removed file of a folder, whose path stays', async () => {
		const context = documentsForTest();
		const { database } = context;
		const words = secrets('file', 40);
		const folder = temporaryFolder();
		writeFileSync(join(folder, 'one.txt'), words.join(' '));
		const { id } = createCollection(context, { name: 'Files' });
		await addPaths(context, { collectionId: id, paths: [folder], watch: false });
		await context.indexed(id);
		const { documents } = listDocuments(context, { collectionId: id, text: '', limit: 10, offset: 0 });
		run(database, `INSERT INTO conversations (id, title, created_at, updated_at) VALUES (1, 'Asked', 1, 1)`);
		run(
			database,
			`INSERT INTO messages (id, conversation_id, role, status, content, created_at)
				VALUES (1, 1, 'assistant', 'complete', 'Yes [1].', 1)`,
		);
		run(
			database,
			`INSERT INTO context_pieces (message_id, position, kind, place, text, number, document_id)
				VALUES (1, 0, 'documents', 'message', :text, 1, :documentId)`,
			{ text: words.join(' '), documentId: documents[0]!.id },
		);
		// The process ends right after the document was marked: its chunks are still there.
		setRemoved(database, documents[0]!.id, 1);
		expect(await trashOf(context).empty(null)).toEqual({ collections: 0, documents: 1 });
		expect(foundIn(context, words)).toEqual([]);
		await checkSources(context, id, new AbortController().signal);
		await context.indexed(id);
		expect(foundIn(context, words)).toEqual([]);
	});

	test('takes removed documents out of the index, where an earlier process had no time to', async () => {
		const context = documentsForTest();
		const { id } = createCollection(context, { name: 'Notes' });
		const { documentIds } = addText(context, { collectionId: id, title: 'Owls', text: 'Owls hunt at night.' });
		await context.indexed(id);
		setRemoved(context.database, documentIds[0]!, 1);
		await trashOf(context).empty([]);
		expect(all(context.database, 'SELECT * FROM chunks')).toEqual([]);
		expect(await restoreDocuments(context, documentIds)).toBe(1);
	});
});

test('while it is held, nothing of other data with the same ids is deleted', async () => {
	const context = documentsForTest();
	const trash = trashOf(context);
	const { id } = createCollection(context, { name: 'Restored' });
	for (let n = 0; n < 300; n += 1) addText(context, { collectionId: id, title: `Text ${n}`, text: `word ${n}` });
	await trashCollection(context, id);
	const begun = failureOf(() => trash.empty(null));
	// A fast machine would be done with all of it by the next turn of the event loop.
	while (get(context.database, 'SELECT 1 FROM collections WHERE deleted_at = 0') === undefined) await Promise.resolve();
	const waiting = failureOf(() => trash.empty(null));
	const reason = new Failure({ code: 'data-busy', message: 'A backup is being restored.', next: ['Wait'] });
	const goOn = await trash.hold(reason);
	// As a backup has it.
	run(context.database, 'UPDATE collections SET deleted_at = NULL');
	goOn();
	expect([(await begun).code, (await waiting).code]).toEqual(['data-busy', 'data-busy']);
	(await trash.hold(reason))();
	expect(listCollections(context, false).collections).toMatchObject([{ id, name: 'Restored' }]);
});

test('the end of one deletion does not end another, which a kill may interrupt', async () => {
	const { database, clock } = documentsForTest();
	const { signal } = new AbortController();
	beginErasure(database, 'documents');
	await purge(database, { clock, signal });
	expect(isErasureUnfinished(database, 'documents')).toBe(true);
	await finishErasure(database, 'documents', { clock, signal });
	expect(isErasureUnfinished(database, 'documents')).toBe(false);
});
