import type { WritableDatabase } from '../../database/handle.ts';
import { all, run } from '../../database/sql.ts';
import { type Member, putMember, removeMember } from './members.ts';

/** Keeps what stood at a position before a change; the first time counts. `before` null: nothing stood there. */
export function keepForUndo(
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

interface UndoRow {
	readonly versionId: number;
	readonly position: number;
	readonly sampleId: number | null;
	readonly split: string | null;
}

/** Takes back the next rows of a change and forgets them; how many there were, 0 when all are taken back. */
export function undoSome(database: WritableDatabase, undoId: string, limit: number): number {
	const rows = all<UndoRow>(
		database,
		`SELECT version_id AS versionId, position, sample_id AS sampleId, split FROM dataset_undo
		 WHERE undo_id = :undoId ORDER BY position LIMIT :limit`,
		{ undoId, limit },
	);
	for (const { versionId, position, sampleId, split } of rows) {
		if (sampleId === null) removeMember(database, versionId, position);
		else putMember(database, versionId, { position, sampleId, split: split ?? '' });
	}
	const last = rows.at(-1)?.position;
	if (last !== undefined) {
		run(database, 'DELETE FROM dataset_undo WHERE undo_id = :undoId AND position <= :last', { undoId, last });
	}
	return rows.length;
}

/** Forgets some of what could be taken back; false when nothing is left. */
export function forgetUndo(database: WritableDatabase, limit: number): boolean {
	const { changes } = run(
		database,
		`DELETE FROM dataset_undo WHERE (undo_id, position) IN
		   (SELECT undo_id, position FROM dataset_undo LIMIT :limit)`,
		{ limit },
	);
	return changes > 0;
}
