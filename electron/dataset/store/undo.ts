import type { WritableDatabase } from '../../database/database.ts';
import { get, run } from '../../database/sql.ts';
import type { Member } from './members.ts';

/** Records the previous member at a position; only the first change counts. `before` null: the position was empty. */
export function recordForUndo(
	database: WritableDatabase,
	undoId: string,
	versionId: number,
	position: number,
	before: Omit<Member, 'position'> | null,
): void {
	run(
		database,
		`INSERT OR IGNORE INTO dataset_undo (undo_id, version_id, position, sample_id, split)
		 VALUES (:undoId, :versionId, :position, :sampleId, :split)`,
		{ undoId, versionId, position, sampleId: before?.sampleId ?? null, split: before?.split ?? null },
	);
}

/** Records the next members as positions that were empty; returns the position of the last, null if none were left. */
export function recordAsEmpty(
	database: WritableDatabase,
	undoId: string,
	place: { readonly versionId: number; readonly after: number; readonly until: number; readonly limit: number },
): number | null {
	const last = get<{ last: number | null }>(
		database,
		`SELECT max(position) AS last FROM (SELECT position FROM dataset_version_samples
		 WHERE version_id = :versionId AND position > :after AND position <= :until ORDER BY position LIMIT :limit)`,
		place,
	)?.last;
	if (last === undefined || last === null) return null;
	const { versionId, after } = place;
	run(
		database,
		`INSERT OR IGNORE INTO dataset_undo (undo_id, version_id, position)
		 SELECT :undoId, version_id, position FROM dataset_version_samples
		 WHERE version_id = :versionId AND position > :after AND position <= :last`,
		{ undoId, versionId, after, last },
	);
	return last;
}

const nextToUndo = `SELECT max(position) AS last, count(*) AS count FROM
  (SELECT position FROM dataset_undo WHERE undo_id = :undoId ORDER BY position LIMIT :limit)`;

const putBack = `INSERT INTO dataset_version_samples (version_id, position, sample_id, split)
  SELECT version_id, position, sample_id, coalesce(split, '') FROM dataset_undo
  WHERE undo_id = :undoId AND position <= :last AND sample_id IS NOT NULL
  ON CONFLICT (version_id, position) DO UPDATE SET sample_id = excluded.sample_id, split = excluded.split`;

const takeAway = `DELETE FROM dataset_version_samples WHERE (version_id, position) IN
  (SELECT version_id, position FROM dataset_undo
   WHERE undo_id = :undoId AND position <= :last AND sample_id IS NULL)`;

/** Undoes the next rows of a change and deletes their records; returns how many, 0 when all are undone. */
export function undoRows(database: WritableDatabase, undoId: string, limit: number): number {
	const { last, count } = get<{ last: number | null; count: number }>(database, nextToUndo, { undoId, limit }) ?? {
		last: null,
		count: 0,
	};
	if (last === null) return 0;
	run(database, putBack, { undoId, last });
	run(database, takeAway, { undoId, last });
	run(database, 'DELETE FROM dataset_undo WHERE undo_id = :undoId AND position <= :last', { undoId, last });
	return count;
}

/** Deletes some undo records; returns false when nothing is left. */
export function deleteUndoRows(database: WritableDatabase, limit: number): boolean {
	const { changes } = run(
		database,
		`DELETE FROM dataset_undo WHERE (undo_id, position) IN
		   (SELECT undo_id, position FROM dataset_undo LIMIT :limit)`,
		{ limit },
	);
	return changes > 0;
}
