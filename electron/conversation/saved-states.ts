import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Turn } from '../../models/contract/generation.ts';
import type { Engine } from '../../models/engine.ts';
import type { ReadableDatabase } from '../database/database.ts';
import { get } from '../database/sql.ts';

/** The conversation that each engine was last told to make ready for. */
const preloadedFor = new WeakMap<Engine, number>();

/**
 * A person who writes in a conversation will send it soon: the engine reads back what was kept of it while they write.
 * Told once for each conversation that is turned to, not with every letter.
 */
export function preloadSavedState(engine: Engine, conversationId: number, turns: readonly Turn[]): void {
	if (preloadedFor.get(engine) === conversationId) return;
	preloadedFor.set(engine, conversationId);
	engine.prepare({ turns: [...turns], cacheKey: cacheKeyOf(conversationId) });
}

/** What the state of a conversation is kept under. */
export function cacheKeyOf(conversationId: number): string {
	return `conversation-${conversationId}`;
}

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
