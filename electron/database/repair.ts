import { connectionOf, type WritableDatabase } from './handle.ts';
import { all, transaction } from './sql.ts';

/** True where all that a check found lies in a full-text index: what is in there is in the tables too. */
export function isIndexFault(verdict: string): boolean {
	return verdict.split('; ').every((fault) => /fts5/i.test(fault));
}

/** Makes every full-text index anew from what it indexes. */
export function rebuildIndexes(database: WritableDatabase): void {
	const indexes = all<{ name: string }>(
		database,
		`SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%USING fts5%'`,
	);
	transaction(database, () => {
		for (const { name } of indexes) connectionOf(database).exec(`INSERT INTO "${name}" ("${name}") VALUES ('rebuild')`);
	});
}
