import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { all, get, run } from '../../database/sql.ts';
import { recountSamples, undoChange } from '../change/apply-change.ts';
import { deletedForGood } from '../store/datasets.ts';
import { deleteUndoRows } from '../store/undo.ts';
import { hideVersion, setVisibleTo } from '../store/versions.ts';

/** Rows deleted per step. */
const deletedAtOnce = 200;

interface Unfinished {
	readonly id: number;
	readonly datasetId: number;
	readonly visibleTo: number | null;
	readonly changing: string | null;
}

const unfinished = `SELECT id, dataset_id AS datasetId, visible_to AS visibleTo, changing FROM dataset_versions
  WHERE visible_to IS NOT NULL OR changing IS NOT NULL`;

/** Work in progress, which must not be mistaken for leftovers. */
interface InProgress {
	readonly datasets: readonly number[];
	/** true: an import runs into a dataset that has no name yet. */
	readonly arriving: boolean;
}

/** Name of a dataset while its samples are being imported. */
export const importingName = 'arriving ';

const isImporting = `SELECT 1 FROM datasets WHERE id = :datasetId AND substr(name, 1, length(:arrivingName)) = :arrivingName`;

const deletedVersions = `SELECT v.id FROM datasets d JOIN dataset_versions v ON v.dataset_id = d.id
  WHERE d.deleted_at = :gone AND (v.visible_to IS NULL OR v.visible_to >= 0)`;

/** Left by an earlier Assay that ended before it had deleted the samples. */
const withoutVersion = `SELECT d.id FROM datasets d
  WHERE NOT EXISTS (SELECT 1 FROM dataset_versions v WHERE v.dataset_id = d.id)
    AND EXISTS (SELECT 1 FROM samples s WHERE s.dataset_id = d.id)`;

const withUndo = `SELECT DISTINCT v.dataset_id AS id FROM dataset_undo u JOIN dataset_versions v ON v.id = u.version_id`;

/** Returns true if an ended process or a deletion left something to clean up. */
export function needsCleanUp(database: ReadableDatabase): boolean {
	return (
		get(database, `${unfinished} LIMIT 1`) !== undefined ||
		get(database, `${deletedVersions} LIMIT 1`, { gone: deletedForGood }) !== undefined ||
		get(database, 'SELECT 1 FROM dataset_undo LIMIT 1') !== undefined ||
		get(database, `${withoutVersion} LIMIT 1`) !== undefined
	);
}

/**
 * Returns the versions that an interruption left. Call it where work begins, which nothing can then overtake: a worker
 * that looked for itself would take an import for a leftover that began in the meantime.
 */
export function leftovers(database: ReadableDatabase, except: InProgress): readonly number[] {
	return all<Unfinished>(database, unfinished)
		.filter(
			({ datasetId }) =>
				!except.datasets.includes(datasetId) &&
				!(except.arriving && get(database, isImporting, { datasetId, arrivingName: importingName }) !== undefined),
		)
		.map(({ id }) => id);
}

/**
 * Cleans up after an interruption and deletes hidden data: undoes half a change, deletes half an import, and deletes
 * the samples of removed versions and datasets. Works in small steps, after each of which it may be interrupted.
 * `atStart`: deletes undo records, too. `versions`: the `leftovers`. Yields the number of samples done.
 */
export function* cleanUpDatasets(
	database: WritableDatabase,
	{
		now,
		atStart,
		versions: left,
	}: { readonly now: number; readonly atStart: boolean; readonly versions: readonly number[] },
): Generator<number, void> {
	const touched = new Set<number>();
	let rows = 0;
	/** A sample has one row in its version and one of its own. */
	function* counted(steps: Generator<number, void>): Generator<number, void> {
		for (const some of steps) {
			rows += some;
			yield Math.floor(rows / 2);
		}
	}
	const deleted = all<{ id: number }>(database, deletedVersions, { gone: deletedForGood }).map(({ id }) => id);
	for (const id of deleted) hideVersion(database, id);
	const wanted = new Set([...left, ...deleted]);
	const versions = all<Unfinished>(database, unfinished).filter(({ id }) => wanted.has(id));
	for (const version of versions) {
		touched.add(version.datasetId);
		if (version.changing !== null) {
			yield* undoChange(database, { undoId: version.changing, versionId: version.id, now });
		}
		if (version.visibleTo !== null) yield* counted(deleteMembers(database, version.id, version.visibleTo));
	}
	for (const { id } of all<{ id: number }>(database, withoutVersion)) touched.add(id);
	if (atStart) {
		for (const { id } of all<{ id: number }>(database, withUndo)) touched.add(id);
		while (deleteUndoRows(database, deletedAtOnce)) yield Math.floor(rows / 2);
	}
	for (const id of touched) yield* counted(deleteOrphans(database, id));
	// Deletes versions last: as long as they exist, the next clean-up knows that there are samples to delete.
	for (const version of versions) {
		if (version.visibleTo === -1) {
			run(database, 'DELETE FROM dataset_versions WHERE id = :id', { id: version.id });
		} else if (version.visibleTo !== null) {
			setVisibleTo(database, version.id, null);
			recountSamples(database, version.id);
		}
		yield Math.floor(rows / 2);
	}
	run(
		database,
		`DELETE FROM datasets WHERE NOT EXISTS (SELECT 1 FROM dataset_versions v WHERE v.dataset_id = datasets.id)
		   AND NOT EXISTS (SELECT 1 FROM samples s WHERE s.dataset_id = datasets.id)
		   AND NOT (starter_id IS NOT NULL AND deleted_at = :gone)`,
		{ gone: deletedForGood },
	);
}

function* deleteMembers(database: WritableDatabase, versionId: number, after: number): Generator<number, void> {
	for (let changes = deletedAtOnce; changes === deletedAtOnce; ) {
		changes = run(
			database,
			`DELETE FROM dataset_version_samples WHERE version_id = :versionId AND position IN (
			   SELECT position FROM dataset_version_samples
			   WHERE version_id = :versionId AND position > :after ORDER BY position LIMIT :limit)`,
			{ versionId, after, limit: deletedAtOnce },
		).changes;
		yield changes;
	}
}

/** Deletes samples that no version and no undo record needs. */
function* deleteOrphans(database: WritableDatabase, datasetId: number): Generator<number, void> {
	let after: { readonly key: string; readonly id: number } = { key: '', id: 0 };
	for (;;) {
		const part = all<{ id: number; key: string; orphan: number }>(
			database,
			`SELECT s.id, s.key,
			   NOT EXISTS (SELECT 1 FROM dataset_version_samples m WHERE m.sample_id = s.id)
			   AND NOT EXISTS (SELECT 1 FROM dataset_undo u WHERE u.sample_id = s.id) AS orphan
			 FROM samples s WHERE s.dataset_id = :datasetId AND (s.key, s.id) > (:key, :id)
			 ORDER BY s.key, s.id LIMIT :limit`,
			{ datasetId, ...after, limit: deletedAtOnce },
		);
		for (const { id, orphan } of part) if (orphan === 1) run(database, 'DELETE FROM samples WHERE id = :id', { id });
		yield part.length;
		const last = part.at(-1);
		if (last === undefined || part.length < deletedAtOnce) return;
		after = { key: last.key, id: last.id };
	}
}
