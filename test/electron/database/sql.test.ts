import { expect, test } from 'vitest';
import { all, get, run, transaction } from '../../../electron/database/sql.ts';
import { createDatabase } from '../../support/database.ts';
import { failureOf } from '../../support/failure.ts';

const insert = `INSERT INTO settings (key, value, updated_at) VALUES (:key, 'true', 1)`;
const keys = 'SELECT key FROM settings ORDER BY key';

test('a committed row can be read, with the statement’s id and count', () => {
	const { database } = createDatabase();
	expect(run(database, insert, { key: 'a' }).changes).toBe(1);
	expect(all(database, keys)).toEqual([{ key: 'a' }]);
	expect(get(database, 'SELECT key FROM settings WHERE key = :key', { key: 'b' })).toBeUndefined();
});

test('a transaction that throws is rolled back, and a nested one can fail alone', () => {
	const { database } = createDatabase();
	expect(() =>
		transaction(database, () => {
			run(database, insert, { key: 'a' });
			throw new Error('changed my mind');
		}),
	).toThrow('changed my mind');
	transaction(database, () => {
		run(database, insert, { key: 'b' });
		expect(() =>
			transaction(database, () => {
				run(database, insert, { key: 'c' });
				throw new Error('only this part');
			}),
		).toThrow('only this part');
	});
	expect(all(database, keys)).toEqual([{ key: 'b' }]);
});

test('a transaction refuses asynchronous work', () => {
	const { database } = createDatabase();
	expect(() => transaction(database, async () => run(database, insert, { key: 'a' }))).toThrow(/must not wait/);
	expect(all(database, keys)).toEqual([]);
});

test('a read cannot write', () => {
	const { database } = createDatabase();
	expect(() => all(database, `${insert} RETURNING key`, { key: 'a' })).toThrow(/tried to write/);
	expect(all(database, keys)).toEqual([]);
});

test('typed text is a value, never SQL', () => {
	const { database } = createDatabase();
	const key = `'); DROP TABLE settings; --`;
	run(database, insert, { key });
	expect(all(database, keys)).toEqual([{ key }]);
});

test('a full database reports the space left and keeps its data', async () => {
	const { database } = createDatabase();
	run(database, insert, { key: 'before' });
	const [pages] = all<{ page_count: number }>(database, 'PRAGMA page_count');
	all(database, `PRAGMA max_page_count = ${pages?.page_count ?? 0}`);
	const failure = await failureOf(() => {
		for (let index = 0; index < 10_000; index += 1) run(database, insert, { key: `${index}`.padStart(4_000, 'x') });
	});
	expect(failure.code).toBe('disk-full');
	expect(failure.message).toMatch(/is full \([\d.]+ [kMGT]?B free\)/);
	expect(all(database, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
	expect(get(database, `SELECT key FROM settings WHERE key = 'before'`)).toBeDefined();
});
