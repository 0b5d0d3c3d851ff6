import type { GgufFacts, ModelKind } from '../../../models/contract/gguf.ts';
import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { all, get, run, transaction } from '../../database/sql.ts';

/** One row of model_files, with whether it is the default. */
export interface ModelFileRow {
	readonly id: number;
	readonly path: string;
	readonly name: string;
	readonly sizeBytes: number;
	/** Modification time of the file when it was last read, ms. */
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
	/** JSON of the failure of a file that could not be used as it was last read. */
	readonly problem: string | null;
	readonly addedAt: number;
	/** 1 or 0. */
	readonly isDefault: number;
}

/** What a file is known by besides its header. */
export interface ModelFileEntry {
	readonly path: string;
	readonly name: string;
	readonly modifiedAt: number;
	readonly sha256: string | null;
	readonly catalogueId: string | null;
	/** Host that it was fetched from, or the program whose it is; null: added by hand. */
	readonly source: string | null;
	/** Named where it was fetched from; null: what the header says. */
	readonly license?: string | null;
	/** Why it can't be used, JSON; it is listed all the same. */
	readonly problem?: string | null;
	readonly addedAt: number;
}

/** What of a header the row keeps; of a file without a readable one, next to nothing is known. */
export type StoredFacts = Pick<
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
>;

const columns = `id, path, name, size_bytes AS sizeBytes, modified_at AS modifiedAt, sha256, architecture, parameters,
	quantization, context_length AS contextLength, chat_template_hash AS chatTemplateHash, catalogue_id AS catalogueId,
	source, license, kind, parts, problem, added_at AS addedAt,
	EXISTS (SELECT 1 FROM model_settings WHERE model_file_id = model_files.id AND key = 'default') AS isDefault`;

/** Files in the library, newest first. */
export function listModelFiles(database: ReadableDatabase): readonly ModelFileRow[] {
	return all(database, `SELECT ${columns} FROM model_files WHERE removed_at IS NULL ORDER BY added_at DESC, id DESC`);
}

/** One file of the library; undefined where it has none of this id, or no longer. */
export function findModelFile(database: ReadableDatabase, id: number): ModelFileRow | undefined {
	return get(database, `SELECT ${columns} FROM model_files WHERE id = :id AND removed_at IS NULL`, { id });
}

/** Name and quantisation, also of one that has left the library; null where it never was in it. */
export function modelName(database: ReadableDatabase, id: number): string | null {
	const sql = 'SELECT name, quantization FROM model_files WHERE id = :id';
	const found = get<{ name: string; quantization: string }>(database, sql, { id });
	return found === undefined ? null : `${found.name} ${found.quantization}`.trim();
}

export function countModelFiles(database: ReadableDatabase): number {
	return get<{ n: number }>(database, 'SELECT count(*) AS n FROM model_files WHERE removed_at IS NULL')?.n ?? 0;
}

/** Catalogue entries that a file of the library was fetched as. */
export function installedCatalogueIds(database: ReadableDatabase): ReadonlySet<string> {
	const sql = 'SELECT catalogue_id AS id FROM model_files WHERE removed_at IS NULL AND catalogue_id IS NOT NULL';
	return new Set(all<{ id: string }>(database, sql).map(({ id }) => id));
}

/**
 * Adds the file, or brings its row up to date where the path is known: a file that was removed comes back under its
 * old id, so that answers which refer to it find it again. The first model becomes the default, one that
 * can chat rather than a base model. Returns the id.
 */
export function putModelFile(database: WritableDatabase, entry: ModelFileEntry, facts: StoredFacts): number {
	return transaction(database, () => {
		run(
			database,
			`INSERT INTO model_files (path, name, size_bytes, modified_at, sha256, architecture, parameters, quantization,
				context_length, chat_template_hash, catalogue_id, license, source, kind, parts, problem, added_at)
			 VALUES (:path, :name, :sizeBytes, :modifiedAt, :sha256, :architecture, :parameters, :quantization,
				:contextLength, :chatTemplateHash, :catalogueId, :license, :source, :kind, :parts, :problem, :addedAt)
			 ON CONFLICT (path) DO UPDATE SET name = excluded.name, size_bytes = excluded.size_bytes,
				modified_at = excluded.modified_at, sha256 = excluded.sha256, architecture = excluded.architecture,
				parameters = excluded.parameters, quantization = excluded.quantization,
				context_length = excluded.context_length, chat_template_hash = excluded.chat_template_hash,
				catalogue_id = excluded.catalogue_id, license = excluded.license, source = excluded.source,
				kind = excluded.kind, parts = excluded.parts, problem = excluded.problem,
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
		const usable = facts.kind === 'model' && (entry.problem ?? null) === null;
		// A base model is the default only while there is nothing to chat with; nobody can have chosen it.
		const wanted = !hasDefault(database) || (facts.chatTemplateHash !== null && !defaultChats(database));
		if (usable && wanted) setDefaultModelFile(database, id, entry.addedAt);
		return id;
	});
}

function hasDefault(database: ReadableDatabase): boolean {
	return get(database, `SELECT 1 FROM model_settings WHERE key = 'default' LIMIT 1`) !== undefined;
}

/** Whether the default has a chat template. */
function defaultChats(database: ReadableDatabase): boolean {
	const sql = `SELECT 1 FROM model_files WHERE chat_template_hash IS NOT NULL AND EXISTS
		(SELECT 1 FROM model_settings WHERE model_file_id = model_files.id AND key = 'default')`;
	return get(database, sql) !== undefined;
}

/** Makes it the one default. */
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

/** Takes the file out of the library; the newest usable one of the others becomes the default if it was this one. */
export function removeModelFile(database: WritableDatabase, id: number, now: number): void {
	transaction(database, () => {
		const wasDefault = findModelFile(database, id)?.isDefault === 1;
		run(database, 'UPDATE model_files SET removed_at = :now WHERE id = :id', { id, now });
		run(database, `DELETE FROM model_settings WHERE model_file_id = :id AND key = 'default'`, { id });
		const next = listModelFiles(database).find(({ kind, problem }) => kind === 'model' && problem === null);
		if (wasDefault && next !== undefined) setDefaultModelFile(database, next.id, now);
	});
}

/** Puts a file that was taken out back; false where there is none of this id. */
export function restoreModelFile(database: WritableDatabase, id: number, wasDefault: boolean, now: number): boolean {
	return transaction(database, () => {
		const { changes } = run(database, 'UPDATE model_files SET removed_at = NULL WHERE id = :id', { id });
		if (changes > 0 && (wasDefault || !hasDefault(database))) setDefaultModelFile(database, id, now);
		return changes > 0;
	});
}

/** Keeps where the file comes from, unless that is known. */
export function noteSource(database: WritableDatabase, path: string, source: string): void {
	run(database, 'UPDATE model_files SET source = :source WHERE path = :path AND source IS NULL', { path, source });
}

/** Keeps the hash of the file as it was at `modifiedAt`; not where the id has become another file's by a restore. */
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
