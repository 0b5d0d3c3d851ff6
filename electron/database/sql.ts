import type Database from 'better-sqlite3';
import { markIfDamaged } from './damage-mark.ts';
import { connectionOf, type ReadableDatabase, type WritableDatabase } from './database.ts';
import { databaseFailure } from './database-failure.ts';

export type SqlValue = string | number | bigint | null | Uint8Array;

/** Values for `:name` in a statement. The SQL text is always constant; everything that varies is passed here. */
export type Parameters = Readonly<Record<string, SqlValue>>;

/** Statements are compiled once per connection; the texts are constants, so their number is bounded. */
const statements = new WeakMap<Database.Database, Map<string, Database.Statement>>();

function prepare(connection: Database.Database, sql: string): Database.Statement {
	let cache = statements.get(connection);
	if (cache === undefined) {
		cache = new Map();
		statements.set(connection, cache);
	}
	let statement = cache.get(sql);
	if (statement === undefined) {
		statement = connection.prepare(sql);
		cache.set(sql, statement);
	}
	return statement;
}

/** Runs `work` on the connection and throws errors of the disk or the file as a Failure. */
function guarded<T>(connection: Database.Database, work: () => T): T {
	try {
		return work();
	} catch (error) {
		markIfDamaged(connection.name, error);
		throw databaseFailure(error, connection.name);
	}
}

function prepareRead(database: ReadableDatabase, sql: string): [Database.Database, Database.Statement] {
	const connection = connectionOf(database);
	const statement = guarded(connection, () => prepare(connection, sql));
	if (!statement.readonly) throw new Error(`a read tried to write: ${sql}`);
	return [connection, statement];
}

/** Returns every row of a read-only query. */
export function all<Row>(database: ReadableDatabase, sql: string, parameters: Parameters = {}): readonly Row[] {
	const [connection, statement] = prepareRead(database, sql);
	return guarded(connection, () => statement.all(parameters) as Row[]);
}

/** Returns the first row of a read-only query. */
export function get<Row>(database: ReadableDatabase, sql: string, parameters: Parameters = {}): Row | undefined {
	const [connection, statement] = prepareRead(database, sql);
	return guarded(connection, () => statement.get(parameters) as Row | undefined);
}

/** Yields the rows of a read-only query one by one, for results that would fill the memory. */
export function* each<Row>(database: ReadableDatabase, sql: string, parameters: Parameters = {}): Generator<Row, void> {
	const [connection, statement] = prepareRead(database, sql);
	const rows = guarded(connection, () => statement.iterate(parameters) as IterableIterator<Row>);
	yield* rows;
}

/** Runs a write. `id` is the rowid of the last inserted row, `changes` the number of rows written. */
export function run(
	database: WritableDatabase,
	sql: string,
	parameters: Parameters = {},
): { id: number; changes: number } {
	const connection = connectionOf(database);
	return guarded(connection, () => {
		const { lastInsertRowid, changes } = prepare(connection, sql).run(parameters);
		return { id: Number(lastInsertRowid), changes };
	});
}

/**
 * Runs `work` in one transaction that takes the write lock at once; inside another transaction, as a part that can be
 * rolled back alone. `work` must not await: a promise would let other work into the open transaction.
 */
export function transaction<T>(database: WritableDatabase, work: () => T): T {
	const connection = connectionOf(database);
	return guarded(connection, () =>
		connection
			.transaction(() => {
				const result = work();
				if (result instanceof Promise) throw new Error('a transaction must not wait for anything');
				return result;
			})
			.immediate(),
	);
}

/** Returns SQLite's plan for a query, one line per step. For tests that pin the plan of a hot query. */
export function queryPlan(database: ReadableDatabase, sql: string, parameters: Parameters = {}): readonly string[] {
	return all<{ detail: string }>(database, `EXPLAIN QUERY PLAN ${sql}`, parameters).map(({ detail }) => detail);
}
