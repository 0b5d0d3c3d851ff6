import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { writeTinyGguf } from '../support/tiny-gguf.ts';
import { dayMs, type Frozen, openFrozen, writtenAt } from './open-frozen.ts';

export const golden = (...parts: readonly string[]): string => join(import.meta.dirname, 'golden', ...parts);

const database = gunzipSync(readFileSync(golden('data-folder.db.gz')));

/** Copies the data folder that the build of November 2026 wrote (`write-data-folder.ts`) into `folder`. */
export function placeCopy(folder: string): string {
	writeFileSync(join(folder, 'assay.db'), database);
	return folder;
}

/** Opens the application on a data folder a day after the folder was written; closes it when the test ends. */
export async function openForTest(dataFolder: string): Promise<Frozen> {
	const frozen = await openFrozen(dataFolder, { from: writtenAt + dayMs });
	onTestFinished(() => frozen.application.close());
	return frozen;
}

/** The same on a copy, for a test that changes data. */
export function openCopy(): Promise<Frozen> {
	return openForTest(placeCopy(temporaryFolder()));
}

/** Opens one copy for all tests of a file that change nothing. */
export function sharedCopy(): () => Frozen {
	let frozen: Frozen;
	let folder: string;
	beforeAll(async () => {
		folder = placeCopy(mkdtempSync(join(tmpdir(), 'assay-frozen-')));
		frozen = await openFrozen(folder, { from: writtenAt + dayMs });
	}, 60_000);
	afterAll(async () => {
		await frozen.application.close();
		rmSync(folder, { recursive: true, force: true });
	});
	return () => frozen;
}

/** Creates the files of the comparisons in this folder and points the database at them. */
export function placeFiles(folder: string): void {
	const files = { 'tiny.F32.gguf': {}, 'seven.F32.gguf': { seed: 7, name: 'Seven' } };
	writeFileSync(join(folder, 'prose.txt'), 'the cat and the dog went to the sea and said so. '.repeat(60));
	writeFileSync(join(folder, 'code.txt'), 'if (the) { cat } else { dog } '.repeat(90));
	const connection = new Database(join(folder, 'assay.db'));
	for (const [name, options] of Object.entries(files)) {
		const path = writeTinyGguf(join(folder, name), options);
		const at = connection.prepare('SELECT modified_at FROM model_files WHERE path LIKE ?').pluck().get(`%/${name}`);
		utimesSync(path, Number(at) / 1_000, Number(at) / 1_000);
	}
	for (const table of ['model_files', 'comparison_candidates', 'comparison_texts']) {
		connection.prepare(`UPDATE ${table} SET path = replace(path, '/tmp/assay-frozen', ?)`).run(folder);
	}
	connection.close();
}
