import { connectionOf, type ReadableDatabase, type WritableDatabase } from './database.ts';
import { all, get, transaction } from './sql.ts';

function fullTextIndexes(database: WritableDatabase): string[] {
	return all<{ name: string }>(
		database,
		`SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%USING fts5%'`,
	).map(({ name }) => name);
}

/** Rebuilds every full-text index from its tables. */
export function rebuildIndexes(database: WritableDatabase): void {
	transaction(database, () => {
		for (const name of fullTextIndexes(database)) {
			connectionOf(database).exec(`INSERT INTO "${name}" ("${name}") VALUES ('rebuild')`);
		}
	});
}

/**
 * Offers the words of an index to this connection alone, as table `name` with the columns of fts5vocab's kind `row`: in
 * how many rows each occurs. As a table of the database it would look like an index of its own.
 */
export function openWordCounts(database: ReadableDatabase, index: string, name: string): void {
	connectionOf(database).exec(
		`CREATE VIRTUAL TABLE IF NOT EXISTS temp."${name}" USING fts5vocab ('main', '${index}', 'row')`,
	);
}

/** Index pages that one merge step writes. */
const pagesAStep = 16;

/**
 * Merges every full-text index for about `ms`: the words of a deleted row stay in the index until the part that holds
 * them is merged with the part that marks them deleted. Returns true once everything is merged; call it until then.
 */
export function mergeIndexes(database: WritableDatabase, ms: number): boolean {
	const connection = connectionOf(database);
	const end = performance.now() + ms;
	return transaction(database, () => {
		for (const name of fullTextIndexes(database)) {
			// A step that finds nothing to do writes fewer than two rows (FTS5's documentation).
			for (let changes = 2; changes >= 2; ) {
				if (performance.now() >= end) return false;
				const before = totalChanges(database);
				connection.exec(`INSERT INTO "${name}" ("${name}", rank) VALUES ('merge', -${pagesAStep})`);
				changes = totalChanges(database) - before;
			}
		}
		return true;
	});
}

function totalChanges(database: WritableDatabase): number {
	return get<{ n: number }>(database, 'SELECT total_changes() AS n')?.n ?? 0;
}
