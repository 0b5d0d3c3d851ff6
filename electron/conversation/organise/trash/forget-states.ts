import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReadableDatabase } from '../../../database/handle.ts';
import { get } from '../../../database/sql.ts';

/** The conversation of a saved state: its file begins with the cache key of its answers. */
const ofConversation = /^conversation-(\d+)\./;

/**
 * Deletes the saved states of conversations that are no longer in the database: their text can be read out of them.
 * `all`: those of the others too. Returns how many files went.
 */
export async function deleteSavedStates(database: ReadableDatabase, folder: string, all = false): Promise<number> {
	const names = await readdir(folder).catch(() => []);
	let gone = 0;
	for (const name of names) {
		const id = Number(ofConversation.exec(name)?.[1] ?? 0);
		if (!all && get(database, 'SELECT 1 FROM conversations WHERE id = :id', { id }) !== undefined) continue;
		await rm(join(folder, name), { force: true });
		gone += 1;
	}
	return gone;
}
