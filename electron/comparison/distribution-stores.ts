import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReadableDatabase } from '../database/database.ts';
import { listComparisons } from './store.ts';

/** Prepares the path that holds the reference's distributions on one text while a comparison runs. */
export async function prepareStorePath(folder: string, comparisonId: number, text: number): Promise<string> {
	await mkdir(folder, { recursive: true });
	return join(folder, `${comparisonId}-${text}.store`);
}

async function removeWhere(folder: string, isGone: (comparisonId: number) => boolean): Promise<void> {
	const names = await readdir(folder).catch(() => []);
	// Partial files of a killed process begin with a dot.
	const orphans = names.filter((name) => name.startsWith('.') || isGone(Number.parseInt(name, 10)));
	await Promise.all(orphans.map((name) => rm(join(folder, name), { force: true })));
}

/** Removes the stores of one comparison that has ended or was removed. */
export async function removeStores(folder: string, comparisonId: number): Promise<void> {
	await removeWhere(folder, (id) => id === comparisonId);
}

/** Removes the stores of all comparisons that have ended. Call it only when nothing is being measured. */
export async function removeAbandonedStores(folder: string, database: ReadableDatabase): Promise<void> {
	const going = new Set(
		listComparisons(database)
			.filter(({ status }) => status === 'paused' || status === 'waiting' || status === 'running')
			.map(({ id }) => id),
	);
	await removeWhere(folder, (id) => !going.has(id));
}
