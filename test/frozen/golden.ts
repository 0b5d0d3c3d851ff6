import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
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
