import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReadableDatabase } from '../database/database.ts';
import { listComparisons } from './store.ts';

/** Where the reference's distributions on one text are kept while a comparison goes on. */
export async function prepareStorePath(folder: string, comparisonId: number, text: number): Promise<string> {
	await mkdir(folder, { recursive: true });
	return join(folder, `${comparisonId}-${text}.store`);
}

async function removeWhere(folder: string, isGone: (comparisonId: number) => boolean): Promise<void> {
	const names = await readdir(folder).catch(() => []);
	// Parts that a killed process left begin with a dot.
	const gone = names.filter((name) => name.startsWith('.') || isGone(Number.parseInt(name, 10)));
	await Promise.all(gone.map((name) => rm(join(folder, name), { force: true })));
}

/** Of one comparison: it has ended, or is removed. */
export async function removeStores(folder: string, comparisonId: number): Promise<void> {
	await removeWhere(folder, (id) => id === comparisonId);
}

/** Of all that do not go on any more. To be called when nothing is measured. */
export async function removeAbandonedStores(folder: string, database: ReadableDatabase): Promise<void> {
	const going = new Set(
		listComparisons(database)
			.filter(({ status }) => status === 'paused' || status === 'waiting' || status === 'running')
			.map(({ id }) => id),
	);
	await removeWhere(folder, (id) => !going.has(id));
}
