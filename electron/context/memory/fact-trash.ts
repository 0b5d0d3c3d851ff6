import { setTimeout as sleep } from 'node:timers/promises';
import { deleteStatesOf } from '../../conversation/saved-states.ts';
import { beginErasure, finishErasure, isErasureUnfinished } from '../../database/secure-delete.ts';
import { transaction } from '../../database/sql.ts';
import { scheduleTrash, type TrashSchedule } from '../../settings/trash-schedule.ts';
import type { MemoryContext } from './context.ts';
import { conversationsGiven, deleteMarked, hasMarked, markForDeletion } from './store.ts';

/** The first check for expired facts waits until start-up is over, ms. */
const firstCheckMs = 35_000;
/** Facts deleted at a time. */
const batch = 50;

export interface FactTrash {
	/**
	 * Permanently deletes the facts in the trash, or only `ids` of them; returns how many. Resolves when nothing of them is
	 * left in the database, its log, its indexes and the saved states of conversations.
	 */
	empty(ids: readonly number[] | null): Promise<number>;
	hold: TrashSchedule<number>['hold'];
	stop(): Promise<void>;
}

/**
 * Deletes what has been in the trash for the `trashDays` of the settings, and what the user asks to delete. Continues the
 * deletions of an earlier process. Backups from before are removed in time, as for conversations.
 */
export function startFactTrash(
	context: MemoryContext,
	{
		statesFolder,
		deletionClock = context.clock,
	}: { readonly statesFolder: string; readonly deletionClock?: () => number },
): FactTrash {
	const { database, events, clock, settings, log } = context;
	/** Conversations whose state in a model's memory may still hold a deleted fact: it is saved when the model is unloaded. */
	const given = new Set<number>();
	const deleteStates = (): Promise<void> =>
		deleteStatesOf(statesFolder, given).catch((error: unknown) => log(`memory: ${String(error)}`));
	const unsubscribe = events.subscribe((event) => {
		if (given.size > 0 && event.type === 'model-state' && event.state.state === 'unloaded') void deleteStates();
	});

	async function purge(until: number, ids: readonly number[] | null, signal: AbortSignal): Promise<number> {
		transaction(database, () => markForDeletion(database, until, ids));
		if (!hasMarked(database) && !isErasureUnfinished(database, 'facts')) return 0;
		beginErasure(database, 'facts');
		for (const id of conversationsGiven(database)) given.add(id);
		await deleteStates();
		let deleted = 0;
		for (let some = batch; some === batch && !signal.aborted; ) {
			some = transaction(database, () => deleteMarked(database, batch));
			deleted += some;
			await sleep(1);
		}
		await finishErasure(database, 'facts', { clock, signal });
		if (deleted > 0) events.publish({ type: 'memory-changed' });
		return deleted;
	}

	const trash = scheduleTrash({
		settings,
		deletionClock,
		firstCheckMs,
		log,
		purge,
		describe: (deleted) => (deleted === 0 ? null : `${deleted} facts`),
	});
	if (hasMarked(database)) void trash.deleteExpired();
	return {
		empty: (ids) => trash.empty(clock(), ids),
		hold: trash.hold,
		async stop() {
			unsubscribe();
			await trash.stop();
			if (given.size > 0) await deleteStates();
		},
	};
}
