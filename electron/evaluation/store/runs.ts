import { setImmediate as nextTurn } from 'node:timers/promises';
import { Failure, type FailureFacts } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import type { Manifest } from '../../contract/evaluation/manifest.ts';
import type { RunConfig } from '../../contract/evaluation/run-config.ts';
import type { Run, RunStatus, Warning } from '../../contract/evaluation/schema.ts';
import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { all, get, run } from '../../database/sql.ts';

export interface StoredRun {
	readonly id: number;
	readonly name: string;
	/** JSON of runConfigSchema. */
	readonly config: string;
	/** JSON of manifestSchema. */
	readonly manifest: string;
	readonly manifestHash: string;
	readonly status: RunStatus;
	/** JSON of failureSchema. */
	readonly failure: string | null;
	readonly datasetVersionId: number;
	readonly repeatOf: number | null;
	readonly markedOf: number | null;
	readonly baseline: number;
	readonly repeatable: Run['repeatable'];
	readonly repeatableNote: string;
	/** JSON. */
	readonly conditions: string;
	/** JSON of warnings. */
	readonly warnings: string;
	readonly createdAt: number;
	readonly startedAt: number | null;
	readonly endedAt: number | null;
	readonly deletedAt: number | null;
}

const columns = `id, name, config, manifest, manifest_hash AS manifestHash, status, failure,
  dataset_version_id AS datasetVersionId, repeat_of AS repeatOf, marked_of AS markedOf, is_baseline AS baseline, repeatable,
  repeatable_note AS repeatableNote, conditions, warnings, created_at AS createdAt, started_at AS startedAt,
  ended_at AS endedAt, deleted_at AS deletedAt`;

/** A run becomes visible once it has its shards, which are written last. */
export const written = `EXISTS (SELECT 1 FROM eval_arms a JOIN eval_shards s ON s.arm_id = a.id WHERE a.run_id = eval_runs.id)`;

/** Runs per page. */
const page = 500;

/**
 * Lists runs, newest first, without those that are still being written: the ones older than `before`, or, without it,
 * the newest plus every baseline, however old. `next`: where the older ones begin; null: there are none.
 */
export function listRuns(
	database: ReadableDatabase,
	{ trash, before }: { trash: boolean; before: number | null },
): { readonly runs: readonly StoredRun[]; readonly next: number | null } {
	const of = `SELECT ${columns} FROM eval_runs WHERE (deleted_at IS NOT NULL) = :trash AND ${written}`;
	const parameters = { trash: trash ? 1 : 0, before: before ?? Number.MAX_SAFE_INTEGER };
	const found = all<StoredRun>(database, `${of} AND id < :before ORDER BY id DESC LIMIT :limit`, {
		...parameters,
		limit: page + 1,
	});
	const runs = found.slice(0, page);
	const next = found.length > page ? (runs.at(-1)?.id ?? null) : null;
	if (before !== null || next === null) return { runs, next };
	const marked = `${of} AND id < :before AND is_baseline = 1 ORDER BY id DESC`;
	return { runs: [...runs, ...all<StoredRun>(database, marked, { ...parameters, before: next })], next };
}

/** Throws Failure `run-unknown`. */
export function getRun(database: ReadableDatabase, id: number): StoredRun {
	const row = get<StoredRun>(database, `SELECT ${columns} FROM eval_runs WHERE id = :id`, { id });
	if (row !== undefined) return row;
	throw new Failure({
		code: 'run-unknown',
		message: said`There is no run ${id}.`,
		next: [said`See the list of runs`],
	});
}

export interface NewRun {
	readonly name: string;
	readonly config: RunConfig;
	readonly manifest: Manifest;
	readonly manifestHash: string;
	readonly datasetVersionId: number;
	readonly repeatOf: number | null;
	readonly markedOf: number | null;
	readonly warnings: readonly Warning[];
	readonly createdAt: number;
}

/** Returns its id. */
export function insertRun(database: WritableDatabase, { config, manifest, warnings, ...rest }: NewRun): number {
	return run(
		database,
		`INSERT INTO eval_runs (name, config, manifest, manifest_hash, status, dataset_version_id, repeat_of, marked_of,
		 warnings, created_at)
		 VALUES (:name, :config, :manifest, :manifestHash, 'waiting', :datasetVersionId, :repeatOf, :markedOf,
		 :warnings, :createdAt)`,
		{
			...rest,
			config: JSON.stringify(config),
			manifest: JSON.stringify(manifest),
			warnings: JSON.stringify(warnings),
		},
	).id;
}

export interface StatusChange {
	readonly failure?: FailureFacts | null;
	/** Not before the beginning, even if the clock was set back meanwhile. */
	readonly endedAt?: number | null;
	/** Kept if already set. */
	readonly startedAt?: number;
}

export function setRunStatus(
	database: WritableDatabase,
	id: number,
	status: RunStatus,
	{ failure = null, endedAt = null, startedAt }: StatusChange = {},
): void {
	run(
		database,
		`UPDATE eval_runs SET status = :status, failure = :failure, ended_at = max(:endedAt, COALESCE(started_at, 0)),
		 started_at = COALESCE(started_at, :startedAt) WHERE id = :id`,
		{
			id,
			status,
			endedAt,
			startedAt: startedAt ?? null,
			failure: failure === null ? null : JSON.stringify(failure),
		},
	);
}

export function setRepeatable(
	database: WritableDatabase,
	id: number,
	repeatable: Run['repeatable'],
	note: string,
): void {
	run(database, 'UPDATE eval_runs SET repeatable = :repeatable, repeatable_note = :note WHERE id = :id', {
		id,
		repeatable,
		note,
	});
}

export function setRunConditions(database: WritableDatabase, id: number, conditions: Run['conditions']): void {
	run(database, 'UPDATE eval_runs SET conditions = :conditions WHERE id = :id', {
		id,
		conditions: JSON.stringify(conditions),
	});
}

export function renameRun(database: WritableDatabase, id: number, name: string): void {
	run(database, 'UPDATE eval_runs SET name = :name WHERE id = :id', { id, name });
}

export function setDeleted(database: WritableDatabase, id: number, deletedAt: number | null): void {
	run(database, 'UPDATE eval_runs SET deleted_at = :deletedAt WHERE id = :id', { id, deletedAt });
}

/** One baseline per dataset, whatever the version. `versionIds` are those of the run's dataset. */
export function setBaselineRun(
	database: WritableDatabase,
	id: number,
	baseline: boolean,
	versionIds: readonly number[],
): void {
	run(
		database,
		`UPDATE eval_runs SET is_baseline = CASE WHEN id = :id THEN :baseline ELSE 0 END
		 WHERE id = :id OR (is_baseline = 1 AND dataset_version_id IN (SELECT value FROM json_each(:versions)))`,
		{ id, baseline: baseline ? 1 : 0, versions: JSON.stringify(versionIds) },
	);
}

/** Names of the runs made with any of these dataset versions, including those in the trash. */
export function runsWithVersions(database: ReadableDatabase, versionIds: readonly number[]): readonly string[] {
	return all<{ name: string }>(
		database,
		'SELECT name FROM eval_runs WHERE dataset_version_id IN (SELECT value FROM json_each(:versions)) ORDER BY id',
		{ versions: JSON.stringify(versionIds) },
	).map(({ name }) => name);
}

function deleteRun(database: WritableDatabase, id: number): void {
	run(database, 'DELETE FROM eval_runs WHERE id = :id', { id });
}

/**
 * Rows deleted at a time: each also deletes its index entries, its scores and, unless another run has it, its output.
 */
const piece = 500;

const pieces = [
	// Without shards the run is in no list any more: if this process dies, the next start deletes the rest.
	`DELETE FROM eval_shards WHERE (arm_id, position) IN (
	   SELECT s.arm_id, s.position FROM eval_shards s JOIN eval_arms a ON a.id = s.arm_id
	   WHERE a.run_id = :id LIMIT :piece)`,
	`DELETE FROM eval_results WHERE id IN (
	   SELECT r.id FROM eval_results r JOIN eval_arms a ON a.id = r.arm_id WHERE a.run_id = :id LIMIT :piece)`,
	`DELETE FROM eval_samples WHERE run_id = :id AND position IN (
	   SELECT position FROM eval_samples WHERE run_id = :id LIMIT :piece)`,
] as const;

/** Deletes a run for good, in pieces, to yield to other work: a run of 40,000 rows takes a second. */
export async function eraseRun(database: WritableDatabase, id: number): Promise<void> {
	for (const statement of pieces) {
		while (run(database, statement, { id, piece }).changes > 0) await nextTurn();
	}
	deleteRun(database, id);
}

/**
 * Names of the runs made with one of these prompt versions, including those in the trash; repeating a run needs its
 * prompts.
 */
export function runsWithPromptVersions(database: ReadableDatabase, versionIds: readonly number[]): readonly string[] {
	return all<{ name: string }>(
		database,
		`SELECT DISTINCT r.name FROM eval_arms a JOIN eval_runs r ON r.id = a.run_id
		 WHERE a.prompt_version_id IN (SELECT value FROM json_each(:ids)) ORDER BY r.name`,
		{ ids: JSON.stringify(versionIds) },
	).map(({ name }) => name);
}
