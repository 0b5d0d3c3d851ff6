import { spawnSync } from 'node:child_process';
import { mkdirSync, promises, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import {
	createCollection,
	listSources,
	openCollection,
	restoreCollection,
	setSettings,
	trashCollection,
} from '../../../../electron/context/retrieval/collections.ts';
import {
	addConversation,
	addDatasetColumn,
	addPaths,
	addText,
	addUpload,
	listChunks,
	listDocuments,
	openPassage,
	previewChunks,
	removeDocuments,
	removeSource,
	rereadDocuments,
	restoreDocuments,
	restoreSource,
} from '../../../../electron/context/retrieval/documents.ts';
import { dropLeaving } from '../../../../electron/context/retrieval/drop-documents.ts';
import { searchCollections } from '../../../../electron/context/retrieval/search-collections.ts';
import {
	liveSources,
	setCollectionSettings,
	setCutting,
	setFailed,
} from '../../../../electron/context/retrieval/store.ts';
import { watchSources } from '../../../../electron/context/retrieval/watch-sources.ts';
import { all, run } from '../../../../electron/database/sql.ts';
import { type DocumentsForTest, documentsForTest, hashedEmbedder } from '../../../support/documents.ts';
import { failureOf } from '../../../support/failure.ts';
import { buildModelFile } from '../../../support/fixtures/model.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const model = buildModelFile(7, { name: 'all-MiniLM-L6-v2', kind: 'embedding', sha256: 'ab' });
const otherModel = buildModelFile(8, { name: 'other', kind: 'embedding', sha256: 'cd' });

function folderOf(files: Readonly<Record<string, string>>): string {
	const folder = temporaryFolder();
	for (const [name, text] of Object.entries(files)) {
		mkdirSync(join(folder, name, '..'), { recursive: true });
		writeFileSync(join(folder, name), text);
	}
	return folder;
}

async function collectionOf(context: DocumentsForTest, path: string): Promise<number> {
	const { id } = createCollection(context, { name: 'Files' });
	await addPaths(context, { collectionId: id, paths: [path], watch: true });
	await context.indexed(id);
	return id;
}

function documentsOf(context: DocumentsForTest, collectionId: number) {
	return listDocuments(context, { collectionId, text: '', limit: 100, offset: 0 }).documents;
}

async function found(context: DocumentsForTest, collectionId: number, query: string): Promise<string[]> {
	const { passages } = await searchCollections(context, { collectionIds: [collectionId], query, mode: 'bm25' });
	return passages.map(({ document }) => document);
}

async function refreshed(context: DocumentsForTest, id: number): Promise<void> {
	context.indexer.start(id);
	await context.indexed(id);
}

describe('a folder', () => {
	test('is read with its subfolders; what can’t be read is listed with its reason', async () => {
		const context = documentsForTest();
		const folder = folderOf({
			'tides.md': '# Tides\n\nThe moon pulls the sea.',
			'deep/down/owls.txt': 'Owls hunt at night.',
			'empty.txt': '',
			'.hidden.md': 'secret',
			'node_modules/x/readme.md': 'not mine',
			'photo.png': 'no text',
		});
		const id = await collectionOf(context, folder);
		expect(documentsOf(context, id).map(({ title, state, failure }) => [title, state, failure?.code ?? null])).toEqual([
			['deep/down/owls.txt', 'ready', null],
			['empty.txt', 'failed', 'document-empty'],
			['tides.md', 'ready', null],
		]);
		expect(openCollection(context, id)).toMatchObject({ documents: 3, failed: 1, waiting: 0, jobId: null });
	});

	test('is read though a folder in it is deeper than any path', async () => {
		const context = documentsForTest();
		const folder = folderOf({ 'tides.md': '# Tides\n\nThe moon pulls the sea.' });
		const inTurn = (script: string) => spawnSync(process.execPath, ['-e', script], { cwd: folder });
		const name = 'a'.repeat(200);
		const step = (work: string) => `for (let n = 0; n < 25; n += 1) { ${work} }`;
		inTurn(step(`fs.mkdirSync('${name}'); process.chdir('${name}');`));
		onTestFinished(
			() =>
				void inTurn(`${step(`process.chdir('${name}');`)} ${step(`process.chdir('..'); fs.rmdirSync('${name}');`)}`),
		);
		const id = await collectionOf(context, folder);
		expect(listSources(context, id).map(({ failure }) => failure)).toEqual([null]);
		expect(documentsOf(context, id).map(({ title, state }) => [title, state])).toEqual([['tides.md', 'ready']]);
	});

	test('is read again where files changed, and forgets the ones that are gone', async () => {
		const context = documentsForTest();
		const folder = folderOf({ 'a.txt': 'about apples', 'b.txt': 'about bears', 'c.txt': 'about cats' });
		const id = await collectionOf(context, folder);
		const [a] = documentsOf(context, id);
		writeFileSync(join(folder, 'a.txt'), 'about apricots and plums');
		rmSync(join(folder, 'b.txt'));
		writeFileSync(join(folder, 'd.txt'), 'about dolphins');
		await refreshed(context, id);
		expect(documentsOf(context, id).map(({ title }) => title)).toEqual(['a.txt', 'c.txt', 'd.txt']);
		expect(await found(context, id, 'apples')).toEqual([]);
		expect(await found(context, id, 'bears')).toEqual([]);
		expect(await found(context, id, 'apricots')).toEqual(['a.txt']);
		expect(await found(context, id, 'dolphins')).toEqual(['d.txt']);
		expect(documentsOf(context, id)[0]?.id).toBe(a!.id);
		expect(all(context.database, 'SELECT id FROM chunks')).toHaveLength(3);
	});

	test('is listed once where two looks at it meet', async () => {
		const context = documentsForTest();
		const folder = folderOf({ 'a.txt': 'about apples' });
		const id = await collectionOf(context, folder);
		for (let n = 0; n < 30; n += 1) writeFileSync(join(folder, `new ${n}.txt`), `about newt ${n}`);
		context.indexer.check(id);
		await Promise.resolve();
		context.indexer.start(id);
		await context.indexed(id);
		await context.indexer.close();
		expect(documentsOf(context, id)).toHaveLength(31);
	});

	test('is noticed to change while it is watched', async () => {
		const context = documentsForTest();
		const folder = folderOf({ 'a.txt': 'about apples' });
		const id = await collectionOf(context, folder);
		const watch = watchSources(context, context.indexer);
		onTestFinished(() => watch.close());
		writeFileSync(join(folder, 'new.txt'), 'about newts');
		await vi.waitFor(async () => expect(await found(context, id, 'newts')).toEqual(['new.txt']), 15_000);
	});

	test('is noticed to change again after an editor replaced a file in it', async () => {
		const context = documentsForTest();
		const folder = folderOf({ 'a.txt': 'about apples', 'b.txt': 'about boats' });
		const id = await collectionOf(context, folder);
		const watch = watchSources(context, context.indexer);
		onTestFinished(() => watch.close());
		const save = (name: string, text: string): void => {
			writeFileSync(join(folder, 'saved.tmp'), text);
			renameSync(join(folder, 'saved.tmp'), join(folder, name));
		};
		for (const fruit of ['bananas', 'lemons', 'melons']) {
			save('a.txt', `about ${fruit}`);
			await vi.waitFor(async () => expect(await found(context, id, fruit)).toEqual(['a.txt']), 15_000);
		}
		rmSync(join(folder, 'a.txt'));
		await vi.waitFor(async () => expect(await found(context, id, 'melons')).toEqual([]), 15_000);
	}, 90_000);

	test('is watched again after it was deleted and put back', async () => {
		const context = documentsForTest();
		const folder = folderOf({ 'in/a.txt': 'about apples' });
		const id = await collectionOf(context, join(folder, 'in'));
		const watch = watchSources(context, context.indexer);
		onTestFinished(() => watch.close());
		rmSync(join(folder, 'in'), { recursive: true });
		await vi.waitFor(() => expect(listSources(context, id)[0]?.failure?.code).toBe('folder-unreachable'), 15_000);
		mkdirSync(join(folder, 'in'));
		writeFileSync(join(folder, 'in/a.txt'), 'about apples');
		await vi.waitFor(() => expect(listSources(context, id)[0]?.failure).toBe(null), 15_000);
		writeFileSync(join(folder, 'in/new.txt'), 'about newts');
		await vi.waitFor(async () => expect(await found(context, id, 'newts')).toEqual(['new.txt']), 15_000);
	}, 60_000);

	test('that can’t be reached keeps its documents and says why', async () => {
		const context = documentsForTest();
		const folder = folderOf({ 'in/a.txt': 'about apples' });
		const id = await collectionOf(context, join(folder, 'in'));
		renameSync(join(folder, 'in'), join(folder, 'away'));
		await refreshed(context, id);
		expect(await found(context, id, 'apples')).toEqual(['a.txt']);
		expect(listSources(context, id)).toMatchObject([{ documents: 1, failure: { code: 'folder-unreachable' } }]);
		renameSync(join(folder, 'away'), join(folder, 'in'));
		await refreshed(context, id);
		expect(listSources(context, id)).toMatchObject([{ failure: null }]);
	});

	test('that is empty for a while keeps its documents; files renamed together follow', async () => {
		const context = documentsForTest();
		const folder = folderOf({ 'a.txt': 'about apples', 'b/c.txt': 'about cats' });
		const away = temporaryFolder();
		const id = await collectionOf(context, folder);
		const before = documentsOf(context, id);
		for (const name of ['a.txt', 'b']) renameSync(join(folder, name), join(away, name));
		await refreshed(context, id);
		expect(await found(context, id, 'apples')).toEqual(['a.txt']);
		expect(listSources(context, id)).toMatchObject([{ documents: 2, failure: { code: 'folder-unreachable' } }]);
		for (const name of ['a.txt', 'b']) renameSync(join(away, name), join(folder, name));
		await refreshed(context, id);
		expect(listSources(context, id)).toMatchObject([{ failure: null }]);
		expect(documentsOf(context, id)).toEqual(before);

		renameSync(join(folder, 'a.txt'), join(folder, 'd.txt'));
		renameSync(join(folder, 'b'), join(folder, 'e'));
		await refreshed(context, id);
		await refreshed(context, id);
		expect(documentsOf(context, id).map(({ title }) => title)).toEqual(['d.txt', 'e/c.txt']);
		expect(listSources(context, id)).toMatchObject([{ failure: null }]);
	});

	test('keeps the documents of a subfolder that may not be read for a while', async () => {
		const context = documentsForTest();
		const folder = folderOf({ 'a.txt': 'about apples', 'b.txt': 'about bears', 'deep/c.txt': 'about cats' });
		const id = await collectionOf(context, folder);
		rmSync(join(folder, 'b.txt'));
		const allowed = promises.readdir;
		onTestFinished(() => {
			vi.restoreAllMocks();
			syncBuiltinESMExports();
		});
		vi.spyOn(promises, 'readdir').mockImplementation(((path: string, ...rest: []) =>
			path === join(folder, 'deep')
				? Promise.reject(Object.assign(new Error('denied'), { code: 'EACCES' }))
				: allowed(path, ...rest)) as typeof promises.readdir);
		syncBuiltinESMExports();
		await refreshed(context, id);
		expect(documentsOf(context, id).map(({ title }) => title)).toEqual(['a.txt', 'deep/c.txt']);
		expect(await found(context, id, 'cats')).toEqual(['deep/c.txt']);
		expect(listSources(context, id)).toMatchObject([{ failure: { code: 'folder-unreachable' } }]);
		vi.restoreAllMocks();
		syncBuiltinESMExports();
		await refreshed(context, id);
		expect(listSources(context, id)).toMatchObject([{ failure: null }]);
	});

	test('that was removed is neither listed nor read, until undo watches it again', async () => {
		const context = documentsForTest();
		const folder = folderOf({ 'a.txt': 'about apples', 'b.txt': 'about bears' });
		const id = await collectionOf(context, folder);
		const [, bears] = documentsOf(context, id);
		await removeDocuments(context, [bears!.id]);
		await new Promise((resolve) => setTimeout(resolve, 2));
		const [source] = listSources(context, id);
		expect(await removeSource(context, source!.id)).toHaveLength(1);
		writeFileSync(join(folder, 'new.txt'), 'about newts');
		await refreshed(context, id);
		expect(listSources(context, id)).toEqual([]);
		expect(liveSources(context.database)).toEqual([]);
		expect(documentsOf(context, id)).toEqual([]);
		expect(await found(context, id, 'apples')).toEqual([]);

		expect(await restoreSource(context, source!.id)).toBe(1);
		await context.indexed(id);
		expect(listSources(context, id)).toEqual([{ ...source!, documents: 2 }]);
		expect(liveSources(context.database)).toMatchObject([{ id: source!.id, watched: true }]);
		// What was taken out before stays out.
		expect(documentsOf(context, id).map(({ title }) => title)).toEqual(['a.txt', 'new.txt']);

		await removeSource(context, source!.id);
		await addPaths(context, { collectionId: id, paths: [folder], watch: false });
		await context.indexed(id);
		expect(listSources(context, id)).toEqual([{ ...source!, documents: 3, watched: false }]);
	});

	test('that was removed while it was compared, or before Assay closed, leaves nothing', async () => {
		const context = documentsForTest();
		const folder = folderOf({ 'a.txt': 'about apples', 'b.txt': 'about bears' });
		const id = await collectionOf(context, folder);
		const [source] = listSources(context, id);
		const removedAt = Date.now();
		run(context.database, 'UPDATE document_sources SET removed_at = :removedAt', { removedAt });
		run(context.database, `UPDATE documents SET state = 'waiting' WHERE title = 'b.txt'`);
		expect(await found(context, id, 'about')).toEqual([]);
		await refreshed(context, id);
		await dropLeaving(context, id, new AbortController().signal);
		expect(documentsOf(context, id)).toEqual([]);
		expect(all(context.database, 'SELECT id FROM chunks')).toEqual([]);
		expect(await restoreSource(context, source!.id)).toBe(2);
		await context.indexed(id);

		for (let n = 0; n < 50; n += 1) writeFileSync(join(folder, `new ${n}.txt`), `about newt ${n}`);
		context.indexer.start(id);
		await removeSource(context, source!.id);
		await context.indexed(id);
		expect(documentsOf(context, id)).toEqual([]);
	});

	test('costs only a hash where a file was touched and not changed', async () => {
		const context = documentsForTest({ models: [model] });
		const folder = folderOf({ 'a.txt': 'about apples' });
		const id = await collectionOf(context, folder);
		const [before] = documentsOf(context, id);
		const embedded = context.embedder.embedded();
		utimesSync(join(folder, 'a.txt'), 1, 1);
		await refreshed(context, id);
		const [after] = documentsOf(context, id);
		expect(context.embedder.embedded()).toBe(embedded);
		expect(after).toMatchObject({ id: before!.id, state: 'ready', modifiedAt: 1_000, chunks: 1, vectors: 1 });
	});
});

test('a file that is gone is listed as missing, and comes back', async () => {
	const context = documentsForTest();
	const folder = folderOf({ 'a.txt': 'about apples' });
	const id = await collectionOf(context, join(folder, 'a.txt'));
	renameSync(join(folder, 'a.txt'), join(folder, 'b.txt'));
	await refreshed(context, id);
	expect(documentsOf(context, id)).toMatchObject([{ state: 'failed', failure: { code: 'document-missing' } }]);
	expect(await found(context, id, 'apples')).toEqual([]);
	renameSync(join(folder, 'b.txt'), join(folder, 'a.txt'));
	await refreshed(context, id);
	expect(await found(context, id, 'apples')).toEqual(['a.txt']);
});

test('a file that went before Assay closed is not found, and leaves the index at the next look', async () => {
	const context = documentsForTest();
	const folder = folderOf({ 'a.txt': 'about apples' });
	const id = await collectionOf(context, join(folder, 'a.txt'));
	rmSync(join(folder, 'a.txt'));
	const [document] = documentsOf(context, id);
	setFailed(context.database, document!.id, { code: 'document-missing', message: 'gone', next: [] });
	expect(await found(context, id, 'apples')).toEqual([]);
	await refreshed(context, id);
	expect(all(context.database, 'SELECT id FROM chunks')).toEqual([]);
});

test('a path that does not exist is refused', async () => {
	const context = documentsForTest();
	const { id } = createCollection(context, { name: 'Files' });
	const { code } = await failureOf(() => addPaths(context, { collectionId: id, paths: ['/no/such'], watch: true }));
	expect(code).toBe('path-unknown');
	expect(documentsOf(context, id)).toEqual([]);
});

describe('documents', () => {
	test('removed ones are not found until they are restored', async () => {
		const context = documentsForTest({ models: [model] });
		const { id } = createCollection(context, { name: 'Notes' });
		const { documentIds } = addText(context, { collectionId: id, title: 'Owls', text: 'Owls hunt at night.' });
		addText(context, { collectionId: id, title: 'Tides', text: 'The moon pulls the sea.' });
		await context.indexed(id);
		expect(await removeDocuments(context, documentIds)).toBe(1);
		expect(await found(context, id, 'owls')).toEqual([]);
		await context.indexed(id);
		expect(all(context.database, 'SELECT id FROM chunks')).toHaveLength(1);
		expect(openCollection(context, id)).toMatchObject({ documents: 1, chunks: 1, vectors: 1 });
		expect(await restoreDocuments(context, documentIds)).toBe(1);
		await context.indexed(id);
		expect(await found(context, id, 'owls')).toEqual(['Owls']);
		expect(openCollection(context, id)).toMatchObject({ documents: 2, chunks: 2, vectors: 2 });
	});

	test('removed while they are indexed, they leave nothing in the index', async () => {
		const context = documentsForTest();
		const { id } = createCollection(context, { name: 'Notes', settings: { chunkTokens: 16 } });
		const text = Array.from({ length: 4_000 }, (_, n) => `Owl ${n} hunts at night and sleeps by day.`).join(' ');
		const { documentIds } = addText(context, { collectionId: id, title: 'Owls', text });
		await vi.waitFor(() => expect(all(context.database, 'SELECT id FROM chunks')).not.toEqual([]), {
			interval: 1,
			timeout: 20_000,
		});
		expect(openCollection(context, id).waiting).toBe(1);
		await removeDocuments(context, documentIds);
		await context.indexed(id);
		expect(all(context.database, 'SELECT id FROM chunks')).toEqual([]);
		expect(await found(context, id, 'owl')).toEqual([]);
		await restoreDocuments(context, documentIds);
		await context.indexed(id);
		expect((await found(context, id, 'owl'))[0]).toBe('Owls');
	});

	test('removed while the user has stopped the indexing, they leave, and it stays stopped', async () => {
		const context = documentsForTest();
		const { id } = createCollection(context, { name: 'Notes' });
		const { documentIds } = addText(context, { collectionId: id, title: 'Owls', text: 'Owls hunt at night.' });
		await context.indexed(id);
		const { jobId } = addText(context, { collectionId: id, title: 'Tides', text: 'The moon pulls the sea.' });
		await context.jobs.cancel(jobId);
		await removeDocuments(context, documentIds);
		await context.indexed(id);
		expect(all(context.database, 'SELECT id FROM chunks')).toEqual([]);
		context.indexer.resume();
		await context.indexed(id);
		expect(openCollection(context, id)).toMatchObject({ documents: 1, waiting: 1 });
	});

	test('removed while a chat is answered, they are not indexed after it', async () => {
		let isAnswering = true;
		const context = documentsForTest({ answering: () => isAnswering });
		const { id } = createCollection(context, { name: 'Notes' });
		const { documentIds } = addText(context, { collectionId: id, title: 'Owls', text: 'Owls hunt at night.' });
		await new Promise((resolve) => setTimeout(resolve, 20));
		await removeDocuments(context, documentIds);
		isAnswering = false;
		context.events.publish({ type: 'temporary-ended' });
		await context.indexed(id);
		expect(documentsOf(context, id)).toEqual([]);
		expect(all(context.database, 'SELECT id FROM chunks')).toEqual([]);
	});

	test('while a chat is answered, the job says that it waits for the answer', async () => {
		let isAnswering = true;
		const context = documentsForTest({ answering: () => isAnswering });
		const { id } = createCollection(context, { name: 'Notes' });
		addText(context, { collectionId: id, title: 'Owls', text: 'Owls hunt at night.' });
		const title = (): string => context.jobs.get(context.indexer.jobOf(id)!).title;
		await vi.waitFor(() => expect(title()).toBe('Notes: waiting for the chat answer to finish'));
		isAnswering = false;
		context.events.publish({ type: 'temporary-ended' });
		await context.indexed(id);
		expect(documentsOf(context, id)).toMatchObject([{ title: 'Owls', state: 'ready' }]);
	});

	test('a passage opens with the text around it', async () => {
		const context = documentsForTest();
		const { id } = createCollection(context, { name: 'Notes', settings: { chunkTokens: 16, overlapTokens: 0 } });
		const text = Array.from({ length: 30 }, (_, n) => `Sentence ${n} says that 🙂 number ${n} is nice.`).join(' ');
		const { documentIds } = addText(context, { collectionId: id, title: 'Long', text });
		await context.indexed(id);
		const { chunks, total } = listChunks(context, documentIds[0]!, { limit: 100, offset: 0 });
		expect(total).toBe(chunks.length);
		expect(total).toBeGreaterThan(5);
		const middle = chunks[3]!;
		const opened = openPassage(context, middle.id, 50);
		expect(opened.text.slice(middle.start - opened.start, middle.end - opened.start)).toBe(middle.text);
		expect(opened.start).toBeLessThanOrEqual(middle.start - 50);
		expect((await failureOf(() => openPassage(context, 999, 10))).code).toBe('passage-unknown');
	});

	test('other settings can be previewed, and cut documents again once they are chosen', async () => {
		const context = documentsForTest({ models: [model] });
		const { id } = createCollection(context, { name: 'Notes' });
		const text = Array.from({ length: 60 }, (_, n) => `Sentence ${n} is about number ${n}.`).join(' ');
		const { documentIds } = addText(context, { collectionId: id, title: 'Long', text });
		await context.indexed(id);
		const settings = { chunkTokens: 32, overlapTokens: 0 };
		const preview = await previewChunks(context, documentIds[0]!, settings, 5);
		expect(preview.chunks).toHaveLength(5);
		await setSettings(context, id, settings);
		await context.indexed(id);
		expect(openCollection(context, id)).toMatchObject({ chunks: preview.total, vectors: preview.total, settings });
		const { chunks } = listChunks(context, documentIds[0]!, { limit: 5, offset: 0 });
		expect(chunks.map((chunk) => chunk.text)).toEqual(preview.chunks.map((chunk) => chunk.text));
		for (const { tokens } of chunks) expect(tokens).toBeLessThanOrEqual(32);
	});

	test('are cut again at the next start where Assay closed before all waited for it', async () => {
		const context = documentsForTest();
		const { id } = createCollection(context, { name: 'Notes' });
		const text = Array.from({ length: 60 }, (_, n) => `Sentence ${n} is about number ${n}.`).join(' ');
		addText(context, { collectionId: id, title: 'Long', text });
		await context.indexed(id);
		const { chunks, settings } = openCollection(context, id);
		setCollectionSettings(context.database, id, { ...settings, chunkTokens: 32, overlapTokens: 0 }, 1);
		setCutting(context.database, id, true);
		context.indexer.resume();
		await vi.waitFor(() => expect(openCollection(context, id).chunks).toBeGreaterThan(chunks), 10_000);
		await context.indexed(id);
		expect(all(context.database, `SELECT 1 FROM collections WHERE settings LIKE '%cutting%'`)).toEqual([]);
	});

	test('get other vectors when another model is chosen, and none where they are switched off', async () => {
		const context = documentsForTest({ models: [model, otherModel] });
		run(
			context.database,
			`INSERT INTO model_files (id, path, name, size_bytes, modified_at, architecture, parameters, quantization, added_at)
				VALUES (8, '/m.gguf', 'other', 1, 1, 'bert', 1, 'F16', 1)`,
		);
		const { id } = createCollection(context, { name: 'Notes' });
		addText(context, { collectionId: id, title: 'Owls', text: 'Owls hunt at night.' });
		await context.indexed(id);
		const before = context.embedder.embedded();
		await setSettings(context, id, { embeddingModelId: 8 });
		await context.indexed(id);
		expect(context.embedder.embedded()).toBe(before + 1);
		expect(openCollection(context, id)).toMatchObject({ vectors: 1, embeddingModel: { id: 8 } });
		await setSettings(context, id, { vectors: false });
		await context.indexed(id);
		expect(openCollection(context, id)).toMatchObject({ chunks: 1, vectors: 0, embeddingModel: null });
		expect(all(context.database, 'SELECT * FROM chunk_vectors')).toEqual([]);
	});

	test('of a conversation follow it, and leave with it', async () => {
		const context = documentsForTest();
		const { database } = context;
		run(database, `INSERT INTO conversations (id, title, created_at, updated_at) VALUES (1, 'About owls', 1, 1)`);
		run(
			database,
			`INSERT INTO messages (id, conversation_id, role, status, content, created_at)
				VALUES (1, 1, 'user', 'complete', 'Do owls sleep by day?', 1)`,
		);
		run(database, 'UPDATE conversations SET head_message_id = 1 WHERE id = 1');
		const { id } = createCollection(context, { name: 'Chats' });
		await addConversation(context, { collectionId: id, conversationId: 1 });
		await context.indexed(id);
		expect(await found(context, id, 'owls sleep')).toEqual(['About owls']);
		run(database, 'UPDATE conversations SET deleted_at = 5 WHERE id = 1');
		expect(await found(context, id, 'owls sleep')).toEqual([]);
		await refreshed(context, id);
		expect(documentsOf(context, id)).toEqual([]);
		run(database, 'UPDATE conversations SET deleted_at = NULL WHERE id = 1');
		await refreshed(context, id);
		expect(await found(context, id, 'owls sleep')).toEqual(['About owls']);
		await removeDocuments(
			context,
			documentsOf(context, id).map((one) => one.id),
		);
		await refreshed(context, id);
		expect(await found(context, id, 'owls sleep')).toEqual([]);
		run(database, 'DELETE FROM conversations WHERE id = 1');
		expect(documentsOf(context, id)).toEqual([]);
		expect(await found(context, id, 'owls sleep')).toEqual([]);
	});

	test('of a dataset leave with it, and come back with it but for those that were taken out', async () => {
		const context = documentsForTest();
		const { database } = context;
		run(database, `INSERT INTO datasets (id, name, created_at, updated_at) VALUES (1, 'Birds', 1, 1)`);
		run(database, `INSERT INTO dataset_versions (id, dataset_id, number, samples, created_at) VALUES (1, 1, 1, 2, 1)`);
		for (const [index, input] of ['Do owls sleep by day?', 'Do swifts sleep in flight?'].entries()) {
			run(
				database,
				`INSERT INTO samples (id, dataset_id, key, input, sha256, created_at)
					VALUES (:id, 1, :key, :input, 'x', 1)`,
				{ id: index + 1, key: `sample-${index + 1}`, input },
			);
			run(database, 'INSERT INTO dataset_version_samples (version_id, position, sample_id) VALUES (1, :index, :id)', {
				index,
				id: index + 1,
			});
		}
		const { id } = createCollection(context, { name: 'Questions' });
		addDatasetColumn(context, { collectionId: id, datasetId: 1, column: 'input' });
		await context.indexed(id);
		expect((await found(context, id, 'sleep')).toSorted()).toEqual(['sample-1', 'sample-2']);
		await removeDocuments(context, [documentsOf(context, id)[1]!.id]);
		run(database, 'UPDATE datasets SET deleted_at = 5 WHERE id = 1');
		expect(await found(context, id, 'sleep')).toEqual([]);
		await refreshed(context, id);
		expect(openCollection(context, id)).toMatchObject({ documents: 0, chunks: 0 });
		run(database, 'UPDATE datasets SET deleted_at = NULL WHERE id = 1');
		await refreshed(context, id);
		expect(await found(context, id, 'sleep')).toEqual(['sample-1']);
	});

	test('restored while their chunks are dropped, they keep what is indexed anew', async () => {
		const context = documentsForTest();
		const { id } = createCollection(context, { name: 'Notes', settings: { chunkTokens: 16 } });
		const text = Array.from({ length: 2_000 }, (_, n) => `Owl ${n} hunts at night and sleeps by day.`).join(' ');
		const { documentIds } = addText(context, { collectionId: id, title: 'Owls', text });
		await context.indexed(id);
		const { chunks } = openCollection(context, id);
		const removed = removeDocuments(context, documentIds);
		await restoreDocuments(context, documentIds);
		await Promise.all([removed, context.indexed(id)]);
		expect(all(context.database, 'SELECT id FROM chunks')).toHaveLength(chunks);
		expect(openCollection(context, id)).toMatchObject({ waiting: 0, chunks });
	});

	test('are read again on request, failed ones too', async () => {
		const context = documentsForTest();
		const folder = folderOf({ 'a.txt': '' });
		const id = await collectionOf(context, join(folder, 'a.txt'));
		const [document] = documentsOf(context, id);
		expect(document?.state).toBe('failed');
		writeFileSync(join(folder, 'a.txt'), 'about apples');
		await rereadDocuments(context, [document!.id]);
		await context.indexed(id);
		expect(documentsOf(context, id)).toMatchObject([{ state: 'ready', failure: null }]);
	});
});

test('a collection in the trash is neither indexed nor searched, and comes back whole', async () => {
	const context = documentsForTest();
	const { id } = createCollection(context, { name: 'Notes' });
	addText(context, { collectionId: id, title: 'Owls', text: 'Owls hunt at night.' });
	await context.indexed(id);
	await trashCollection(context, id);
	expect(context.indexer.start(id)).toBeNull();
	expect((await failureOf(() => found(context, id, 'owls'))).code).toBe('collection-in-trash');
	createCollection(context, { name: 'notes' });
	expect(restoreCollection(context, id).name).toBe('Notes 2');
	expect(await found(context, id, 'owls')).toEqual(['Owls']);
});

describe('while the passages of a collection wait for their vectors', () => {
	/** Embeds nothing until it is told to go on. */
	function heldEmbedder() {
		const inner = hashedEmbedder();
		const { promise: gone, resolve: goOn } = Promise.withResolvers<void>();
		const embed: typeof inner.embed = async (input) => {
			await gone;
			return inner.embed(input);
		};
		return { embedder: { ...inner, embed }, goOn };
	}

	test('other collections are read, wait in turn, and can be stopped', async () => {
		const { embedder, goOn } = heldEmbedder();
		const context = documentsForTest({ models: [model], embedder });
		onTestFinished(() => goOn());
		const ids = ['First', 'Second', 'Third'].map((name) => createCollection(context, { name }).id);
		const jobs = ids.map((id) => addText(context, { collectionId: id, title: `Owls ${id}`, text: 'Owls hunt.' }).jobId);
		for (const id of ids)
			await vi.waitFor(async () => expect(await found(context, id, 'owls')).toEqual([`Owls ${id}`]), 10_000);
		expect(ids.map((id) => openCollection(context, id).vectors)).toEqual([0, 0, 0]);
		expect(await context.jobs.cancel(jobs[1]!)).toMatchObject({ state: 'cancelled' });
		goOn();
		for (const id of ids) await context.indexed(id);
		expect(ids.map((id) => openCollection(context, id).vectors)).toEqual([1, 0, 1]);
	});

	test('one that got something new while it was read goes on, and can be stopped', async () => {
		const { embedder, goOn } = heldEmbedder();
		const { promise: isRead, resolve: read } = Promise.withResolvers<string | undefined>();
		// The tokens of a text are counted while it is read.
		const tokenize: typeof embedder.tokenize = async (text) => {
			if (text.includes('Owl 1 ')) {
				context.indexer.start(ids[1]!);
				read(documentsOf(context, ids[1]!)[0]?.state);
			}
			return embedder.tokenize(text);
		};
		const context = documentsForTest({ models: [model], embedder: { ...embedder, tokenize } });
		onTestFinished(() => goOn());
		const ids = ['First', 'Second'].map((name) => createCollection(context, { name }).id);
		addText(context, { collectionId: ids[0]!, title: 'Owls', text: 'Owls hunt.' });
		await vi.waitFor(() => expect(openCollection(context, ids[0]!).waiting).toBe(0), 10_000);
		const text = Array.from({ length: 900 }, (_, n) => `Owl ${n} hunts at night.`).join(' ');
		const { jobId } = addText(context, { collectionId: ids[1]!, title: 'Owls', text });
		expect(await isRead).toBe('indexing');
		await vi.waitFor(() => expect(openCollection(context, ids[1]!).waiting).toBe(0), 10_000);
		expect(await context.jobs.cancel(jobId)).toMatchObject({ state: 'cancelled' });
	});

	test('what is added to it, or to one that waits, is read first', async () => {
		const { embedder, goOn } = heldEmbedder();
		const context = documentsForTest({ models: [model], embedder });
		onTestFinished(() => goOn());
		const ids = ['First', 'Second'].map((name) => createCollection(context, { name }).id);
		const text = Array.from({ length: 900 }, (_, n) => `Owl ${n} hunts at night.`).join(' ');
		for (const id of ids) addText(context, { collectionId: id, title: 'Owls', text });
		for (const id of ids) await vi.waitFor(() => expect(openCollection(context, id).waiting).toBe(0), 10_000);
		for (const id of ids) addText(context, { collectionId: id, title: 'Tides', text: 'The moon pulls the sea.' });
		await vi.waitFor(async () => expect(await found(context, ids[1]!, 'moon')).toEqual(['Tides']), 10_000);
		expect(openCollection(context, ids[1]!).vectors).toBe(0);
		goOn();
		await vi.waitFor(async () => expect(await found(context, ids[0]!, 'moon')).toEqual(['Tides']), 10_000);
		for (const id of ids) await context.indexed(id);
		for (const id of ids) {
			const { chunks, vectors } = openCollection(context, id);
			expect(vectors).toBe(chunks);
		}
	});
});

describe('indexing that the user stopped', () => {
	const text = Array.from({ length: 4_000 }, (_, n) => `Owl ${n} hunts at night and sleeps by day.`).join(' ');

	async function goesOnAfter(context: DocumentsForTest, id: number): Promise<boolean> {
		context.indexer.check(id);
		context.indexer.resume();
		// A check runs after those before it.
		await new Promise((resolve) => setTimeout(resolve, 50));
		return context.indexer.jobOf(id) !== null;
	}

	test.each([['waited'], ['ran']])('stays stopped until they start it again, where the job %s', async (state) => {
		const context = documentsForTest();
		const { id } = createCollection(context, { name: 'Notes', settings: { chunkTokens: 16 } });
		const { jobId } = addText(context, { collectionId: id, title: 'Owls', text });
		if (state === 'ran')
			await vi.waitFor(() => expect(all(context.database, 'SELECT id FROM chunks')).not.toEqual([]), {
				interval: 1,
				timeout: 20_000,
			});
		expect(await context.jobs.cancel(jobId)).toMatchObject({ state: 'cancelled' });
		expect(await goesOnAfter(context, id)).toBe(false);
		expect(openCollection(context, id).waiting).toBe(1);
		context.indexer.start(id);
		await context.indexed(id);
		expect(openCollection(context, id).waiting).toBe(0);
	});

	test('goes on after all jobs ended, with the application or for a backup', async () => {
		const context = documentsForTest();
		const { id } = createCollection(context, { name: 'Notes', settings: { chunkTokens: 16 } });
		addText(context, { collectionId: id, title: 'Owls', text });
		await context.jobs.close();
		context.indexer.resume();
		expect(context.indexer.jobOf(id)).not.toBeNull();
		await context.indexed(id);
		expect(openCollection(context, id).waiting).toBe(0);
	});

	test('still has the files that were uploaded', async () => {
		const context = documentsForTest();
		const folder = folderOf({ 'owls.txt': text });
		const { id } = createCollection(context, { name: 'Notes' });
		const { jobId } = addUpload(context, { collectionId: id, folder, names: ['owls.txt'] });
		await vi.waitFor(() => expect(documentsOf(context, id)[0]?.state).toBe('indexing'), {
			interval: 1,
			timeout: 20_000,
		});
		expect(await context.jobs.cancel(jobId)).toMatchObject({ state: 'cancelled' });
		expect(all(context.database, 'SELECT * FROM document_texts')).toEqual([]);
		context.indexer.start(id);
		await context.indexed(id);
		expect(documentsOf(context, id)).toMatchObject([{ title: 'owls.txt', state: 'ready' }]);
	});
});
