import { setImmediate } from 'node:timers/promises';
import type { ReadableDatabase } from '../database/database.ts';
import { idsBefore } from './store/messages.ts';

/** Messages to step over in one statement: a few milliseconds. */
const stepsAtOnce = 2_000;

/**
 * The branch that was walked last, of each database. The messages before a message never change, until they are deleted:
 * then SQLite gives their ids to new messages.
 */
const lastWalked = new WeakMap<ReadableDatabase, { readonly head: number; readonly ids: readonly number[] }>();

/**
 * Returns the ids of the messages from the first one to `head`. Steps up a long branch in parts, so that nothing else
 * waits for it, and stops at the branch that it walked before: usually the same one, some messages ago.
 */
export async function branchPath(database: ReadableDatabase, head: number): Promise<readonly number[]> {
	const last = lastWalked.get(database);
	if (last?.head === head) return last.ids;
	const newest: number[] = [];
	let before: readonly number[] = [];
	for (let at: number | null = head; at !== null; ) {
		if (newest.length > 0) await setImmediate();
		// Read again: it may have been deleted meanwhile.
		const known = lastWalked.get(database);
		const steps: ReturnType<typeof idsBefore> = idsBefore(database, at, stepsAtOnce);
		const met = known === undefined ? -1 : steps.findIndex(({ id }) => id === known.head);
		newest.push(...(met === -1 ? steps : steps.slice(0, met)).map(({ id }) => id));
		if (known !== undefined && met !== -1) before = known.ids;
		at = met === -1 ? (steps.at(-1)?.parentId ?? null) : null;
	}
	const ids = [...before, ...newest.toReversed()];
	lastWalked.set(database, { head, ids });
	return ids;
}

/** Forgets the branch that was walked last. Call it where messages are deleted. */
export function forgetBranchPath(database: ReadableDatabase): void {
	lastWalked.delete(database);
}
