import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { all, get, run } from '../../database/sql.ts';

/** A folder that is scanned in place. */
export interface ModelFolderRow {
	readonly id: number;
	readonly path: string;
	readonly app: string | null;
	readonly addedAt: number;
	readonly scannedAt: number | null;
}

const columns = 'id, path, app, added_at AS addedAt, scanned_at AS scannedAt';

/** Lists the folders in the order in which they were added. */
export function listModelFolders(database: ReadableDatabase): readonly ModelFolderRow[] {
	return all(database, `SELECT ${columns} FROM model_folders ORDER BY id`);
}

export function findModelFolder(database: ReadableDatabase, id: number): ModelFolderRow | undefined {
	return get(database, `SELECT ${columns} FROM model_folders WHERE id = :id`, { id });
}

/** Adds the folder, or leaves a known one unchanged. */
export function putModelFolder(database: WritableDatabase, path: string, app: string | null, now: number): void {
	run(
		database,
		'INSERT INTO model_folders (path, app, added_at) VALUES (:path, :app, :now) ON CONFLICT (path) DO NOTHING',
		{ path, app, now },
	);
}

export function setScanned(database: WritableDatabase, path: string, now: number): void {
	run(database, 'UPDATE model_folders SET scanned_at = :now WHERE path = :path', { path, now });
}

export function removeModelFolder(database: WritableDatabase, id: number): void {
	run(database, 'DELETE FROM model_folders WHERE id = :id', { id });
}
