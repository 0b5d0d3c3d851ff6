import type { WritableDatabase } from '../../database/database.ts';
import { get, run, transaction } from '../../database/sql.ts';

/**
 * `deleted_at` of conversations during an import: hidden from every list, search and the trash. Only one import runs at
 * a time.
 */
export const importingMark = -1;

/**
 * `deleted_at` of imported conversations once all of them are in: from then on the import counts as done, whatever
 * happens.
 */
export const importedMark = -2;

export const nextImporting = 'SELECT id FROM conversations WHERE deleted_at = :arriving LIMIT :limit';

const revealNext = `UPDATE conversations SET deleted_at = NULL WHERE id IN (${nextImporting})`;

const endAbandoned = 'UPDATE conversations SET deleted_at = 0 WHERE deleted_at = :arriving';

/** Conversations revealed per transaction: nobody else can write meanwhile. */
const revealedAtOnce = 100;

/** Marks the import as done: its conversations only need to be revealed. Call it in a transaction. */
export function markImported(database: WritableDatabase): void {
	const first = get<{ id: number }>(database, nextImporting, { arriving: importingMark, limit: 1 });
	// If everything was merged into existing conversations, nothing is left to reveal.
	if (first === undefined) return;
	run(database, 'UPDATE conversations SET deleted_at = :arrived WHERE id = :id', {
		arrived: importedMark,
		id: first.id,
	});
}

/** Reveals some of the imported conversations; returns true when none are left. */
export function revealImported(database: WritableDatabase, limit = revealedAtOnce): boolean {
	return transaction(database, () => {
		if (run(database, revealNext, { arriving: importingMark, limit }).changes === limit) return false;
		run(database, 'UPDATE conversations SET deleted_at = NULL WHERE deleted_at = :arrived', { arrived: importedMark });
		return true;
	});
}

/**
 * Finishes an import whose worker or process died. A completed one is revealed; the conversations of an incomplete one
 * are marked for permanent deletion (`deleted_at` 0), which the trash retention carries out later.
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
