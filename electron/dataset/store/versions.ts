import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import type { DatasetVersion } from '../../contract/dataset/schema.ts';
import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { all, get, run } from '../../database/sql.ts';

/** A version with the fields that are internal to this folder. */
export interface VersionRow extends DatasetVersion {
	/** Last visible position during an import; -1: nothing is visible; null: everything is. */
	readonly visibleTo: number | null;
	/** `undo_id` of a change in progress. */
	readonly changing: string | null;
}

const columns = `v.id, v.dataset_id AS datasetId, v.number, v.note, v.samples, v.sha256, v.revision,
  v.created_at AS createdAt, v.frozen_at AS frozenAt, v.visible_to AS visibleTo, v.changing`;

const visible = '(v.visible_to IS NULL OR v.visible_to >= 0)';

/** Largest possible position: SQLite's integers go further, JavaScript's don't. */
export const lastPosition = Number.MAX_SAFE_INTEGER;

/** Returns the last position visible to readers of a version. */
export function lastVisiblePosition({ visibleTo }: Pick<VersionRow, 'visibleTo'>): number {
	return visibleTo ?? lastPosition;
}

/** Returns the fields that the contract exposes. */
export function publicVersion({ visibleTo: _, changing: __, ...version }: VersionRow): DatasetVersion {
	return version;
}

export function findVersion(database: ReadableDatabase, id: number): VersionRow | undefined {
	return get<VersionRow>(database, `SELECT ${columns} FROM dataset_versions v WHERE v.id = :id AND ${visible}`, { id });
}

/** Returns the newest version with this content that is not deleted; null: none. */
export function findVersionByHash(database: ReadableDatabase, sha256: string): number | null {
	const sql = `SELECT v.id FROM dataset_versions v JOIN datasets d ON d.id = v.dataset_id
		WHERE v.sha256 = :sha256 AND d.deleted_at IS NULL ORDER BY v.id DESC LIMIT 1`;
	return get<{ id: number }>(database, sql, { sha256 })?.id ?? null;
}

/** Throws Failure `version-unknown`. */
export function getVersion(database: ReadableDatabase, id: number): VersionRow {
	const row = findVersion(database, id);
	if (row !== undefined) return row;
	throw new Failure({
		code: 'version-unknown',
		message: said`Dataset version ${id} doesn’t exist. It may have been removed.`,
		next: [said`Choose another version`, said`List datasets: assay datasets list`],
	});
}

/** Newest first. */
export function versionsOf(database: ReadableDatabase, datasetId: number): readonly VersionRow[] {
	return all<VersionRow>(
		database,
		`SELECT ${columns} FROM dataset_versions v WHERE v.dataset_id = :datasetId AND ${visible} ORDER BY v.number DESC`,
		{ datasetId },
	);
}

/** Returns the newest version of each dataset. */
export function latestVersions(database: ReadableDatabase): readonly VersionRow[] {
	return all<VersionRow>(
		database,
		`SELECT ${columns} FROM dataset_versions v WHERE ${visible} AND v.number = (
		   SELECT max(n.number) FROM dataset_versions n
		   WHERE n.dataset_id = v.dataset_id AND (n.visible_to IS NULL OR n.visible_to >= 0))`,
	);
}

export function findDraft(database: ReadableDatabase, datasetId: number): VersionRow | undefined {
	return get<VersionRow>(
		database,
		`SELECT ${columns} FROM dataset_versions v
		 WHERE v.dataset_id = :datasetId AND v.frozen_at IS NULL AND ${visible}`,
		{ datasetId },
	);
}

/**
 * Inserts a version that is hidden until `showVersion`. Its number is negative until then, so that it is not in the
 * way.
 */
export function insertHiddenVersion(database: WritableDatabase, datasetId: number, now: number, note = ''): number {
	return run(
		database,
		`INSERT INTO dataset_versions (dataset_id, number, note, visible_to, created_at)
		 VALUES (:datasetId, (SELECT min(0, coalesce(min(number), 0)) - 1 FROM dataset_versions
		   WHERE dataset_id = :datasetId), :note, -1, :now)`,
		{ datasetId, note, now },
	).id;
}

/** Makes a hidden version the newest one of its dataset: a draft. */
export function showVersion(database: WritableDatabase, id: number, samples: number): void {
	run(
		database,
		`UPDATE dataset_versions SET visible_to = NULL, revision = revision + 1, samples = :samples,
		   number = (SELECT max(0, max(o.number)) + 1 FROM dataset_versions o
		     WHERE o.dataset_id = dataset_versions.dataset_id)
		 WHERE id = :id`,
		{ id, samples },
	);
}

/** Hides a version; the clean-up deletes it later. */
export function hideVersion(database: WritableDatabase, id: number): void {
	run(
		database,
		`UPDATE dataset_versions SET visible_to = -1,
		   number = (SELECT min(0, min(o.number)) - 1 FROM dataset_versions o
		     WHERE o.dataset_id = dataset_versions.dataset_id)
		 WHERE id = :id`,
		{ id },
	);
}

/** Updates a draft after a change: its sample count, and its revision, which invalidates earlier reads. */
export function touchVersion(database: WritableDatabase, id: number, grown: number): void {
	run(database, 'UPDATE dataset_versions SET revision = revision + 1, samples = samples + :grown WHERE id = :id', {
		id,
		grown,
	});
}

export function setVisibleTo(database: WritableDatabase, id: number, position: number | null): void {
	run(database, 'UPDATE dataset_versions SET visible_to = :position WHERE id = :id', { id, position });
}

export function setChanging(database: WritableDatabase, id: number, undoId: string | null): void {
	run(database, 'UPDATE dataset_versions SET changing = :undoId WHERE id = :id', { id, undoId });
}

export function setFrozen(database: WritableDatabase, id: number, sha256: string, note: string, now: number): void {
	run(
		database,
		`UPDATE dataset_versions SET frozen_at = :now, sha256 = :sha256,
		   note = CASE :note WHEN '' THEN note ELSE :note END
		 WHERE id = :id`,
		{ id, sha256, note, now },
	);
}
