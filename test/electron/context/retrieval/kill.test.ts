import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { WordSearch } from '../../../../electron/context/retrieval/word-search.ts';
import { closeDatabase, connect, quickCheck } from '../../../../electron/database/connect.ts';
import { connectionOf } from '../../../../electron/database/database.ts';
import { all } from '../../../../electron/database/sql.ts';
import { collectProgress, killWhenDone, startKillable } from '../../../support/killable/start.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const files = 24;

function makeFiles(): string {
	const folder = temporaryFolder();
	for (let file = 0; file < files; file += 1) {
		const lines = Array.from({ length: 150 }, (_, line) => `Sentence ${line} of file ${file} says nothing new.`);
		writeFileSync(join(folder, `file-${String(file).padStart(2, '0')}.txt`), lines.join('\n\n'));
	}
	return folder;
}

/** What the index holds: every chunk by its place, and how many chunks hold a word that all have. */
function kept(dataFolder: string) {
	const path = join(dataFolder, 'assay.db');
	expect(quickCheck(path)).toBe('ok');
	const database = connect(path);
	try {
		connectionOf(database).exec(`INSERT INTO chunks_fts (chunks_fts, rank) VALUES ('integrity-check', 1)`);
		const scope = { collectionIds: [1], documentIds: null, k: 100_000 };
		return {
			documents: all(database, 'SELECT title, state, chunks, tokens FROM documents ORDER BY title'),
			chunks: all(
				database,
				`SELECT d.title, k.position, k.text, k.start_at, k.end_at FROM chunks k
					JOIN documents d ON d.id = k.document_id ORDER BY d.title, k.position`,
			),
			found: new WordSearch(database).search(['sentence'], scope).hits.length,
		};
	} finally {
		closeDatabase(database);
	}
}

async function ended(dataFolder: string, folder: string) {
	const child = startKillable('documents', dataFolder, folder);
	const reports = collectProgress(child);
	await once(child, 'exit');
	return reports;
}

test('an application killed while it indexes ends with the same chunks as one that was not', async () => {
	const folder = makeFiles();
	const whole = temporaryFolder();
	expect((await ended(whole, folder)).at(-1)).toMatchObject({ status: 'done', done: files });
	const expected = kept(whole);
	expect(expected.documents).toHaveLength(files);
	expect(expected.found).toBe(expected.chunks.length);

	const dataFolder = temporaryFolder();
	for (const done of [1, 9, 17]) await killWhenDone(startKillable('documents', dataFolder, folder), done);
	const rest = await ended(dataFolder, folder);
	expect(rest[0]).toMatchObject({ found: 'collection' });
	// What was indexed before is not read again.
	expect(rest[0]!.done).toBeGreaterThanOrEqual(17);
	expect(rest.at(-1)).toMatchObject({ status: 'done', done: files });
	expect(kept(dataFolder)).toEqual(expected);
}, 120_000);

test('an application killed while it takes a folder out goes on at the next start, and undo brings it back', async () => {
	const folder = makeFiles();
	const dataFolder = temporaryFolder();
	await ended(dataFolder, folder);
	const before = kept(dataFolder);
	await killWhenDone(startKillable('removeFolder', dataFolder), 1);
	const killed = kept(dataFolder);
	expect(killed.documents).toMatchObject(Array.from({ length: files }, () => ({ state: 'removed' })));
	expect(killed.chunks.length).toBeGreaterThan(0);

	const rest = startKillable('removeFolder', dataFolder);
	await once(rest, 'exit');
	expect(kept(dataFolder)).toMatchObject({ chunks: [], found: 0 });
	await ended(dataFolder, folder);
	expect(kept(dataFolder)).toEqual(before);
}, 60_000);
