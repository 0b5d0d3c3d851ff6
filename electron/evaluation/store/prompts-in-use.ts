import type { ReadableDatabase } from '../../database/handle.ts';
import { all } from '../../database/sql.ts';

/** Names of the runs, those in the trash too, that were made with one of these prompt versions; they need it to be repeated. */
export function runsWithPromptVersions(database: ReadableDatabase, versionIds: readonly number[]): readonly string[] {
	return all<{ name: string }>(
		database,
		`SELECT DISTINCT r.name FROM eval_arms a JOIN eval_runs r ON r.id = a.run_id
		 WHERE a.prompt_version_id IN (SELECT value FROM json_each(:ids)) ORDER BY r.name`,
		{ ids: JSON.stringify(versionIds) },
	).map(({ name }) => name);
}
