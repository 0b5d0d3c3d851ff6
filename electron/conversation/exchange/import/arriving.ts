import type { WritableDatabase } from '../../../database/handle.ts';
import { run } from '../../../database/sql.ts';

/**
 * `deleted_at` of conversations that an import is bringing in: in no list, no search and no trash, until the last of
 * them is in and all of them appear at once. One import at a time.
 */
export const arriving = -1;

/**
 * Gives up an import that did not end, in one step: what had come in is marked to be deleted for good (`deleted_at` 0),
 * which the keeper of the trash does in its own time. Returns how many conversations those are.
 */
export function abandonArriving(database: WritableDatabase): number {
	return run(database, 'UPDATE conversations SET deleted_at = 0 WHERE deleted_at = :arriving', { arriving }).changes;
}
