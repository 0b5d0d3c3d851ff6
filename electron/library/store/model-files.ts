import { type GgufFacts, type Lineage, lineageSchema, type ModelKind } from '../../../models/contract/gguf.ts';
import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { all, get, run, transaction } from '../../database/sql.ts';
import { writeModelSetting } from './model-settings.ts';

/** One row of model_files, with whether it is the default. */
export interface ModelFileRow {
	readonly id: number;
	readonly path: string;
	/** The name that the user gave it, else its own. */
	readonly name: string;
	/** Derived from the file. */
	readonly ownName: string;
	/** JSON of lineageSchema; null: the header was not read for it yet. */
	readonly lineage: string | null;
	readonly sizeBytes: number;
	/** Modification time of the file at the last check, ms since 1970. */
	readonly modifiedAt: number;
	readonly sha256: string | null;
	readonly architecture: string;
	readonly parameters: number;
	readonly quantization: string;
	readonly contextLength: number | null;
	readonly chatTemplateHash: string | null;
	readonly catalogueId: string | null;
	readonly source: string | null;
	readonly license: string | null;
	readonly kind: ModelKind;
	readonly parts: number;
	/** Failure of a file that was unusable at the last check, as JSON. */
	readonly problem: string | null;
	readonly addedAt: number;
	/** 1 or 0. */
	readonly isDefault: number;
	/** Sampling that the file recommends, as JSON; null for a file that an older version read. */
	readonly recommendedSampling: string | null;
	/** 1 if the user chose a chat template for it, else 0. */
	readonly hasChosenTemplate: number;
	/** The file that it was quantised from here; null: it was not made here. */
	readonly quantizedFrom: number | null;
	/** Thread counts that were measured, as JSON; null: none were. */
	readonly threadTrials: string | null;
}

/** Facts about a file that are not in its header. */
export interface ModelFileEntry {
	readonly path: string;
	readonly ownName: string;
	readonly modifiedAt: number;
	readonly sha256: string | null;
	readonly catalogueId: string | null;
	/** Host that it was downloaded from, or the program that owns it; null if added by hand. */
	readonly source: string | null;
	/** Licence stated by the download source; null to use the header's. */
	readonly license?: string | null;
	/** Why it can't be used, as JSON; it is listed all the same. */
	readonly problem?: string | null;
	readonly addedAt: number;
}

/** Header facts kept in the row; without a readable header, next to nothing is known. */
export type StoredFacts = Omit<KnownFacts, 'lineage'> & { readonly lineage: Lineage | null };

type KnownFacts = Pick<
	GgufFacts,
	| 'sizeBytes'
	| 'architecture'
	| 'parameters'
	| 'quantization'
	| 'contextLength'
	| 'chatTemplateHash'
	| 'license'
	| 'kind'
	| 'parts'
	| 'tensors'
	| 'lineage'
> &
	Partial<Pick<GgufFacts, 'recommendedSampling'>>;

const columns = `id, path, coalesce(display_name, name) AS name, name AS ownName, lineage, size_bytes AS sizeBytes, modified_at AS modifiedAt, sha256, architecture, parameters,
	quantization, context_length AS contextLength, chat_template_hash AS chatTemplateHash, catalogue_id AS catalogueId,
	source, license, kind, parts, problem, added_at AS addedAt,
	EXISTS (SELECT 1 FROM model_settings WHERE model_file_id = model_files.id AND key = 'default') AS isDefault,
	EXISTS (SELECT 1 FROM model_settings WHERE model_file_id = model_files.id AND key = 'chat-template')
		AS hasChosenTemplate,
	(SELECT value FROM model_settings WHERE model_file_id = model_files.id AND key = 'recommended-sampling')
	  AS recommendedSampling,
	(SELECT value ->> '$.parent.id' FROM model_settings WHERE model_file_id = model_files.id AND key = 'made-of')
	  AS quantizedFrom,
	(SELECT value FROM model_settings WHERE model_file_id = model_files.id AND key = 'thread-trials') AS threadTrials`;

/** Lists the library's files, newest first. */
export function listModelFiles(database: ReadableDatabase): readonly ModelFileRow[] {
	return all(database, `SELECT ${columns} FROM model_files WHERE removed_at IS NULL ORDER BY added_at DESC, id DESC`);
}

/** Finds one file of the library; undefined if the id is unknown or was removed. */
export function findModelFile(database: ReadableDatabase, id: number): ModelFileRow | undefined {
	return get(database, `SELECT ${columns} FROM model_files WHERE id = :id AND removed_at IS NULL`, { id });
}

/** Returns name and quantisation, even of a removed file; null if it was never in the library. */
export function modelName(database: ReadableDatabase, id: number): string | null {
	const sql = 'SELECT coalesce(display_name, name) AS name, quantization FROM model_files WHERE id = :id';
	const found = get<{ name: string; quantization: string }>(database, sql, { id });
	return found === undefined ? null : `${found.name} ${found.quantization}`.trim();
}

export function countModelFiles(database: ReadableDatabase): number {
	return get<{ n: number }>(database, 'SELECT count(*) AS n FROM model_files WHERE removed_at IS NULL')?.n ?? 0;
}

/** Returns the catalogue entries that the library's files were downloaded as. */
export function installedCatalogueIds(database: ReadableDatabase): ReadonlySet<string> {
	const sql = 'SELECT catalogue_id AS id FROM model_files WHERE removed_at IS NULL AND catalogue_id IS NOT NULL';
	return new Set(all<{ id: string }>(database, sql).map(({ id }) => id));
}

/**
 * Adds the file, or updates its row if the path is known: a removed file returns under its old id, so that answers
 * which refer to it find it again. The first model becomes the default; one that can chat is preferred to a base model.
 * Returns the id.
 */
export function putModelFile(database: WritableDatabase, entry: ModelFileEntry, facts: StoredFacts): number {
	return transaction(database, () => {
		run(
			database,
			`INSERT INTO model_files (path, name, size_bytes, modified_at, sha256, architecture, parameters, quantization,
				context_length, chat_template_hash, catalogue_id, license, source, kind, parts, problem, lineage, added_at)
			 VALUES (:path, :ownName, :sizeBytes, :modifiedAt, :sha256, :architecture, :parameters, :quantization,
				:contextLength, :chatTemplateHash, :catalogueId, :license, :source, :kind, :parts, :problem, :lineage, :addedAt)
			 ON CONFLICT (path) DO UPDATE SET name = excluded.name, size_bytes = excluded.size_bytes,
				modified_at = excluded.modified_at, sha256 = excluded.sha256, architecture = excluded.architecture,
				parameters = excluded.parameters, quantization = excluded.quantization,
				context_length = excluded.context_length, chat_template_hash = excluded.chat_template_hash,
				catalogue_id = excluded.catalogue_id, license = excluded.license, source = excluded.source,
				kind = excluded.kind, parts = excluded.parts, problem = excluded.problem, lineage = excluded.lineage,
				added_at = iif(removed_at IS NULL, added_at, excluded.added_at), removed_at = NULL`,
			{
				...entry,
				sizeBytes: facts.sizeBytes,
				architecture: facts.architecture,
				parameters: facts.parameters,
				quantization: facts.quantization,
				contextLength: facts.contextLength,
				chatTemplateHash: facts.chatTemplateHash,
				license: entry.license ?? facts.license,
				kind: facts.kind,
				parts: facts.parts,
				problem: entry.problem ?? null,
				lineage: facts.lineage === null ? null : JSON.stringify(facts.lineage),
			},
		);
		const id = get<{ id: number }>(database, 'SELECT id FROM model_files WHERE path = :path', { path: entry.path })?.id;
		if (id === undefined) throw new Error(`the row of ${entry.path} was not written`);
		run(database, 'DELETE FROM model_file_tensors WHERE model_file_id = :id', { id });
		for (const { type, count, bytes } of facts.tensors) {
			run(
				database,
				'INSERT INTO model_file_tensors (model_file_id, type, count, bytes) VALUES (:id, :type, :count, :bytes)',
				{ id, type, count, bytes },
			);
		}
		if (facts.recommendedSampling !== undefined)
			writeModelSetting(database, id, 'recommended-sampling', facts.recommendedSampling, entry.addedAt);
		const usable = facts.kind === 'model' && (entry.problem ?? null) === null;
		// A base model is the default only while there is no chat model; nobody can have chosen it.
		const wanted = !hasDefault(database) || (facts.chatTemplateHash !== null && !defaultChats(database));
		if (usable && wanted) setDefaultModelFile(database, id, entry.addedAt);
		return id;
	});
}

function hasDefault(database: ReadableDatabase): boolean {
	return get(database, `SELECT 1 FROM model_settings WHERE key = 'default' LIMIT 1`) !== undefined;
}

/** Returns whether the default has a chat template. */
function defaultChats(database: ReadableDatabase): boolean {
	const sql = `SELECT 1 FROM model_files WHERE chat_template_hash IS NOT NULL AND EXISTS
		(SELECT 1 FROM model_settings WHERE model_file_id = model_files.id AND key = 'default')`;
	return get(database, sql) !== undefined;
}

/** Names the file; null: by its own name again. */
export function setDisplayName(database: WritableDatabase, id: number, name: string | null): void {
	run(database, 'UPDATE model_files SET display_name = nullif(:name, name) WHERE id = :id', { id, name });
}

/** Stores what the header says about the model, for a file that was added before Assay kept it. */
export function setLineage(database: WritableDatabase, id: number, lineage: Lineage): void {
	run(database, 'UPDATE model_files SET lineage = :lineage WHERE id = :id', { id, lineage: JSON.stringify(lineage) });
}

/** Parses the stored lineage; null: not read yet. */
export function lineageOf({ lineage }: Pick<ModelFileRow, 'lineage'>): Lineage | null {
	const parsed = lineage === null ? null : lineageSchema.safeParse(JSON.parse(lineage));
	return parsed?.success === true ? parsed.data : null;
}

/** Makes it the only default. */
export function setDefaultModelFile(database: WritableDatabase, id: number, now: number): void {
	transaction(database, () => {
		run(database, `DELETE FROM model_settings WHERE key = 'default'`);
		run(
			database,
			`INSERT INTO model_settings (model_file_id, key, value, updated_at) VALUES (:id, 'default', 'true', :now)`,
			{ id, now },
		);
	});
}

/** Removes the file from the library; if it was the default, the newest usable file becomes the default. */
export function removeModelFile(database: WritableDatabase, id: number, now: number): void {
	transaction(database, () => {
		const wasDefault = findModelFile(database, id)?.isDefault === 1;
		run(database, 'UPDATE model_files SET removed_at = :now WHERE id = :id', { id, now });
		run(database, `DELETE FROM model_settings WHERE model_file_id = :id AND key = 'default'`, { id });
		const next = listModelFiles(database).find(({ kind, problem }) => kind === 'model' && problem === null);
		if (wasDefault && next !== undefined) setDefaultModelFile(database, next.id, now);
	});
}

/** Puts a removed file back; false if the id is unknown. */
export function restoreModelFile(database: WritableDatabase, id: number, wasDefault: boolean, now: number): boolean {
	return transaction(database, () => {
		const { changes } = run(database, 'UPDATE model_files SET removed_at = NULL WHERE id = :id', { id });
		if (changes > 0 && (wasDefault || !hasDefault(database))) setDefaultModelFile(database, id, now);
		return changes > 0;
	});
}

/** Records the source of a file, unless one is known. */
export function noteSource(database: WritableDatabase, path: string, source: string): void {
	run(database, 'UPDATE model_files SET source = :source WHERE path = :path AND source IS NULL', { path, source });
}

/** Stores the hash of the file as it was at `modifiedAt`, unless a restore has given the id to another file. */
export function setSha256(
	database: WritableDatabase,
	{ id, path }: Pick<ModelFileRow, 'id' | 'path'>,
	sha256: string,
	modifiedAt: number,
): void {
	const sql = 'UPDATE model_files SET sha256 = :sha256, modified_at = :modifiedAt WHERE id = :id AND path = :path';
	run(database, sql, {
		id,
		path,
		sha256,
		modifiedAt,
	});
}
