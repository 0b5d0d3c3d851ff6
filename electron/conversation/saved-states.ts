import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RequestTurn } from '../../models/contract/generation.ts';
import type { LoraAdapter } from '../../models/contract/load.ts';
import type { ToolUse } from '../../models/contract/tools.ts';
import type { Engine } from '../../models/engine.ts';
import type { ReadableDatabase } from '../database/database.ts';
import { get } from '../database/sql.ts';

/** The conversation that each engine was last told to prepare for. */
const preloadedFor = new WeakMap<Engine, number>();

/** What the next answer will be computed from. */
interface Preloaded {
	readonly turns: readonly RequestTurn[];
	/** undefined: those that the model was loaded with. */
	readonly adapters: readonly LoraAdapter[] | undefined;
	readonly tools?: ToolUse;
}

/**
 * Preloads a conversation's saved state while the user types, because they will send soon. Called once per
 * conversation, not on every keystroke.
 */
export function preloadSavedState(engine: Engine, conversationId: number, { turns, adapters, tools }: Preloaded): void {
	if (preloadedFor.get(engine) === conversationId) return;
	preloadedFor.set(engine, conversationId);
	engine.prepare({
		turns: [...turns],
		cacheKey: cacheKeyOf(conversationId),
		...(adapters === undefined ? {} : { adapters: [...adapters] }),
		...(tools === undefined ? {} : { tools }),
	});
}

/** Returns the cache key of a conversation's state. */
export function cacheKeyOf(conversationId: number): string {
	return `conversation-${conversationId}`;
}

/** Deletes the saved states of these conversations. */
export async function deleteStatesOf(folder: string, conversationIds: ReadonlySet<number>): Promise<void> {
	const names = await readdir(folder).catch(() => []);
	for (const name of names) {
		const id = Number(ofConversation.exec(name)?.[1] ?? 0);
		if (conversationIds.has(id)) await rm(join(folder, name), { force: true });
	}
}

/** Matches the conversation of a saved state: its file name begins with the cache key of its answers. */
const ofConversation = /^conversation-(\d+)\./;

/**
 * Deletes the saved states of conversations that no longer exist in the database, because their text can be recovered
 * from them. `all`: those of other conversations, too. Returns how many files were deleted.
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
