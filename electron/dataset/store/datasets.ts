import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import type { Dataset } from '../../contract/dataset/schema.ts';
import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { all, get, run } from '../../database/sql.ts';
import { latestVersions, publicVersion, versionsOf } from './versions.ts';

/**
 * `deleted_at` of a dataset whose samples were permanently deleted: one that comes with Assay is then not reinstalled
 * by itself.
 */
export const deletedForGood = 0;

type DatasetRow = Omit<Dataset, 'versions' | 'latest'>;

const columns = `d.id, d.name, d.description, d.starter_id AS starterId, d.created_at AS createdAt,
  d.updated_at AS updatedAt, d.deleted_at AS deletedAt`;

/** Returns datasets by name; the user's own before those that come with Assay. */
export function listDatasets(database: ReadableDatabase, deleted: boolean): Dataset[] {
	const rows = all<DatasetRow>(
		database,
		deleted
			? `SELECT ${columns} FROM datasets d WHERE d.deleted_at > 0 ORDER BY d.deleted_at DESC`
			: `SELECT ${columns} FROM datasets d WHERE d.deleted_at IS NULL
			   ORDER BY d.starter_id IS NOT NULL, d.name COLLATE NOCASE, d.id`,
	);
	const latest = new Map(latestVersions(database).map((version) => [version.datasetId, version]));
	const counts = new Map(
		all<{ id: number; n: number }>(
			database,
			`SELECT dataset_id AS id, count(*) AS n FROM dataset_versions
			 WHERE visible_to IS NULL OR visible_to >= 0 GROUP BY dataset_id`,
		).map(({ id, n }) => [id, n]),
	);
	return rows.flatMap((row) => {
		const version = latest.get(row.id);
		// A dataset that is still being imported is not listed yet.
		return version === undefined ? [] : [{ ...row, versions: counts.get(row.id) ?? 0, latest: publicVersion(version) }];
	});
}

/** Includes the trash. Throws Failure `dataset-unknown`. */
export function getDataset(database: ReadableDatabase, id: number): Dataset {
	const row = get<DatasetRow>(
		database,
		`SELECT ${columns} FROM datasets d WHERE d.id = :id AND (d.deleted_at IS NULL OR d.deleted_at > 0)`,
		{ id },
	);
	const versions = row === undefined ? [] : versionsOf(database, id);
	const [latest] = versions;
	if (row !== undefined && latest !== undefined) {
		return { ...row, versions: versions.length, latest: publicVersion(latest) };
	}
	throw new Failure({
		code: 'dataset-unknown',
		message: said`Dataset ${id} doesn’t exist. It may have been deleted.`,
		next: [said`List datasets: assay datasets list`],
	});
}

/** Returns a dataset that may be changed. Throws Failure `dataset-unknown`, `dataset-in-trash`. */
export function getLiveDataset(database: ReadableDatabase, id: number): Dataset {
	const dataset = getDataset(database, id);
	if (dataset.deletedAt === null) return dataset;
	throw new Failure({
		code: 'dataset-in-trash',
		message: said`The dataset “${dataset.name}” is in the trash.`,
		next: [said`Restore it first`],
	});
}

export function insertDataset(
	database: WritableDatabase,
	{
		name,
		description,
		now,
		starterId = null,
	}: {
		readonly name: string;
		readonly description: string;
		readonly now: number;
		readonly starterId?: string | null;
	},
): number {
	return run(
		database,
		`INSERT INTO datasets (name, description, starter_id, created_at, updated_at)
		 VALUES (:name, :description, :starterId, :now, :now)`,
		{ name, description, starterId, now },
	).id;
}

export function setNameAndDescription(
	database: WritableDatabase,
	id: number,
	{ name, description, now }: { readonly name: string; readonly description: string; readonly now: number },
): void {
	run(database, 'UPDATE datasets SET name = :name, description = :description, updated_at = :now WHERE id = :id', {
		id,
		name,
		description,
		now,
	});
}

export function touchDataset(database: WritableDatabase, id: number, now: number): void {
	run(database, 'UPDATE datasets SET updated_at = max(updated_at, :now) WHERE id = :id', { id, now });
}

export function setDeletedAt(database: WritableDatabase, id: number, deletedAt: number | null): void {
	run(database, 'UPDATE datasets SET deleted_at = :deletedAt WHERE id = :id', { id, deletedAt });
}

/** Returns the dataset outside the trash with this name, regardless of case. */
export function findByName(database: ReadableDatabase, name: string): number | null {
	const row = get<{ id: number }>(
		database,
		'SELECT id FROM datasets WHERE deleted_at IS NULL AND name = :name COLLATE NOCASE LIMIT 1',
		{ name },
	);
	return row?.id ?? null;
}

/** Throws Failure `dataset-name-taken` if another one has it. */
export function assertNameFree(database: ReadableDatabase, name: string, ownId: number | null = null): void {
	const taken = findByName(database, name);
	if (taken === null || taken === ownId) return;
	throw new Failure({
		code: 'dataset-name-taken',
		message: said`A dataset named “${name}” already exists.`,
		next: [said`Choose another name, such as “${freeName(database, name)}”`],
	});
}

/** Returns the name, with a number appended if it is taken. */
export function freeName(database: ReadableDatabase, name: string): string {
	if (findByName(database, name) === null) return name;
	for (let number = 2; ; number += 1) {
		const next = `${name.slice(0, 190)} ${number}`;
		if (findByName(database, next) === null) return next;
	}
}
