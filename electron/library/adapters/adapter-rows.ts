import type { AdapterBase, AdapterOrigin } from '../../contract/adapters/schema.ts';
import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { all, get, run } from '../../database/sql.ts';

/** An adapter as it is stored, without what is found out from its file at each look. */
export interface AdapterRow {
	readonly id: number;
	readonly name: string;
	readonly path: string;
	readonly sha256: string;
	readonly sizeBytes: number;
	readonly architecture: string;
	readonly rank: number;
	readonly alpha: number;
	readonly modules: readonly string[];
	readonly base: AdapterBase;
	readonly origin: AdapterOrigin;
	readonly trainingRunId: number | null;
	readonly datasetVersionId: number | null;
	readonly manifest: string;
	readonly licenceNote: string;
	readonly createdAt: number;
	readonly removedAt: number | null;
}

type Row = Omit<AdapterRow, 'modules' | 'base'> & {
	readonly modules: string;
	readonly baseModelFileId: number | null;
	readonly baseSha256: string | null;
	readonly baseName: string;
	readonly baseQuantization: string;
	readonly baseParameters: number;
};

/** The hash of the base's weights may have been computed since. */
const select = `SELECT a.id, a.name, a.path, a.sha256, a.size_bytes AS sizeBytes, a.architecture, a.rank, a.alpha, a.modules,
  a.base_model_file_id AS baseModelFileId, a.base_sha256 AS baseSha256,
  a.base_name AS baseName, a.base_quantization AS baseQuantization, a.base_parameters AS baseParameters, a.origin,
  a.training_run_id AS trainingRunId, a.dataset_version_id AS datasetVersionId, a.manifest, a.licence_note AS licenceNote,
  a.created_at AS createdAt, a.removed_at AS removedAt FROM adapters a`;

/** Lists the adapters of the library, newest first. */
export function listAdapterRows(database: ReadableDatabase): readonly AdapterRow[] {
	return all<Row>(database, `${select} WHERE a.removed_at IS NULL ORDER BY a.id DESC`).map(rowOf);
}

/** Returns an adapter, even one that was removed; undefined: there never was one with this id. */
export function findAdapterRow(database: ReadableDatabase, id: number): AdapterRow | undefined {
	const row = get<Row>(database, `${select} WHERE a.id = :id`, { id });
	return row === undefined ? undefined : rowOf(row);
}

/** Returns the id of the new adapter. */
export function insertAdapter(database: WritableDatabase, row: Omit<AdapterRow, 'id' | 'removedAt'>): number {
	const { base, modules, ...rest } = row;
	return run(
		database,
		`INSERT INTO adapters (name, path, sha256, size_bytes, architecture, rank, alpha, modules, base_model_file_id,
		   base_sha256, base_name, base_quantization, base_parameters, origin, training_run_id, dataset_version_id, manifest,
		   licence_note, created_at)
		 VALUES (:name, :path, :sha256, :sizeBytes, :architecture, :rank, :alpha, :modules, :modelFileId, :baseSha256,
		   :baseName, :quantization, :parameters, :origin, :trainingRunId, :datasetVersionId, :manifest, :licenceNote,
		   :createdAt)`,
		{
			...rest,
			modules: JSON.stringify(modules),
			modelFileId: base.modelFileId,
			baseSha256: base.sha256,
			baseName: base.name,
			quantization: base.quantization,
			parameters: base.parameters,
		},
	).id;
}

export function updateAdapter(
	database: WritableDatabase,
	id: number,
	{ name, licenceNote }: Pick<AdapterRow, 'name' | 'licenceNote'>,
): void {
	run(database, 'UPDATE adapters SET name = :name, licence_note = :licenceNote WHERE id = :id', {
		id,
		name,
		licenceNote,
	});
}

/** `at` null: back in the library. */
export function setAdapterRemoved(database: WritableDatabase, id: number, at: number | null): void {
	run(database, 'UPDATE adapters SET removed_at = :at WHERE id = :id', { id, at });
}

function rowOf({ modules, baseModelFileId, baseSha256, baseName, baseQuantization, baseParameters, ...row }: Row) {
	return {
		...row,
		modules: JSON.parse(modules) as string[],
		base: {
			modelFileId: baseModelFileId,
			sha256: baseSha256,
			name: baseName,
			quantization: baseQuantization,
			parameters: baseParameters,
		},
	};
}
