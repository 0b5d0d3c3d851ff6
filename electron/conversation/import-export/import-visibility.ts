import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { all, get, run, transaction } from '../../database/sql.ts';

/**
 * Values of `deleted_at` that one import alone uses: conversations with a negative one are hidden from every list,
 * search and the trash. Thus an import can only reveal its own, even if an earlier one could not be cleaned up.
 */
export interface ImportMarks {
	/** While conversations come in: odd. */
	readonly importing: number;
	/** Once all of them are in: from then on the import counts as done, whatever happens. */
	readonly imported: number;
}

const lowestMark = 'SELECT min(deleted_at) AS lowest FROM conversations WHERE deleted_at < 0';

const allMarks = 'SELECT DISTINCT deleted_at AS mark FROM conversations WHERE deleted_at < 0 ORDER BY deleted_at';

export const nextImporting = 'SELECT id FROM conversations WHERE deleted_at = :importing LIMIT :limit';

const revealNext = `UPDATE conversations SET deleted_at = NULL WHERE id IN (${nextImporting})`;

const endAbandoned = 'UPDATE conversations SET deleted_at = 0 WHERE deleted_at < 0';

/** Conversations revealed per transaction: nobody else can write meanwhile. */
const revealedAtOnce = 100;

/** Marks that no conversation has. Only one import runs at a time. */
export function newImportMarks(database: ReadableDatabase): ImportMarks {
	const lowest = get<{ lowest: number | null }>(database, lowestMark)?.lowest ?? 0;
	return marksFrom(lowest - (lowest % 2 === 0 ? 1 : 2));
}

function marksFrom(importing: number): ImportMarks {
	return { importing, imported: importing - 1 };
}

/** Marks the import as done: its conversations only need to be revealed. Call it in a transaction. */
export function markImported(database: WritableDatabase, { importing, imported }: ImportMarks): void {
	const first = get<{ id: number }>(database, nextImporting, { importing, limit: 1 });
	// If everything was merged into existing conversations, nothing is left to reveal.
	if (first === undefined) return;
	run(database, 'UPDATE conversations SET deleted_at = :imported WHERE id = :id', { imported, id: first.id });
}

/** Reveals some of the imported conversations; returns true when none are left. */
export function revealImported(
	database: WritableDatabase,
	{ importing, imported }: ImportMarks,
	limit = revealedAtOnce,
): boolean {
	return transaction(database, () => {
		if (run(database, revealNext, { importing, limit }).changes === limit) return false;
		run(database, 'UPDATE conversations SET deleted_at = NULL WHERE deleted_at = :imported', { imported });
		return true;
	});
}

/**
 * Finishes imports whose worker or process died. A completed one is revealed; the conversations of an incomplete one
 * are marked for permanent deletion (`deleted_at` 0), which the trash retention carries out later.
 */
export function finishInterruptedImport(database: WritableDatabase): 'none' | 'finished' | 'abandoned' {
	const done = all<{ mark: number }>(database, allMarks).filter(({ mark }) => mark % 2 === 0);
	for (const { mark } of done) revealImported(database, marksFrom(mark + 1), Number.MAX_SAFE_INTEGER);
	if (run(database, endAbandoned).changes > 0) return 'abandoned';
	return done.length > 0 ? 'finished' : 'none';
}

/**
 * Like `finishInterruptedImport`, but does not throw, so that the import's own failure is what the user learns; on a
 * full disk, the next import or start tries again. Returns true if conversations were abandoned.
 */
export function cleanUpFailedImport(database: WritableDatabase): boolean {
	try {
		return finishInterruptedImport(database) === 'abandoned';
	} catch {
		return false;
	}
}
