import type { WritableDatabase } from '../../database/database.ts';
import { get, run, transaction } from '../../database/sql.ts';

/**
 * `deleted_at` of conversations that an import is bringing in: in no list, no search and no trash. One import at a
 * time.
 */
export const importingMark = -1;

/** `deleted_at` of one of them once all of them are in: from then on the import is done, whatever happens. */
export const importedMark = -2;

export const nextImporting = 'SELECT id FROM conversations WHERE deleted_at = :arriving LIMIT :limit';

const revealNext = `UPDATE conversations SET deleted_at = NULL WHERE id IN (${nextImporting})`;

const endAbandoned = 'UPDATE conversations SET deleted_at = 0 WHERE deleted_at = :arriving';

/** So many appear at once: nobody else can write meanwhile. */
const revealedAtOnce = 100;

/** From here on the import is done: what is in only has to appear. In a transaction. */
export function markImported(database: WritableDatabase): void {
	const first = get<{ id: number }>(database, nextImporting, { arriving: importingMark, limit: 1 });
	// Where all of it went on from what was here, nothing is left to appear.
	if (first === undefined) return;
	run(database, 'UPDATE conversations SET deleted_at = :arrived WHERE id = :id', {
		arrived: importedMark,
		id: first.id,
	});
}

/** Lets some of what has arrived appear; true when that was the last of it. */
export function revealImported(database: WritableDatabase, limit = revealedAtOnce): boolean {
	return transaction(database, () => {
		if (run(database, revealNext, { arriving: importingMark, limit }).changes === limit) return false;
		run(database, 'UPDATE conversations SET deleted_at = NULL WHERE deleted_at = :arrived', { arrived: importedMark });
		return true;
	});
}

/**
 * Ends an import whose thread or process is gone. One that was done appears; of another, what had come in is marked to
 * be deleted for good (`deleted_at` 0), which the keeper of the trash does in its own time.
 */
export function finishInterruptedImport(database: WritableDatabase): 'none' | 'finished' | 'abandoned' {
	if (
		get(database, 'SELECT id FROM conversations WHERE deleted_at = :arrived LIMIT 1', { arrived: importedMark }) !==
		undefined
	) {
		revealImported(database, Number.MAX_SAFE_INTEGER);
		return 'finished';
	}
	return run(database, endAbandoned, { arriving: importingMark }).changes > 0 ? 'abandoned' : 'none';
}
