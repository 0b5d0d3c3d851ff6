import { describe, expect, test } from 'vitest';
import { run } from '../../../electron/database/sql.ts';
import { createDatabase, openReader } from '../../support/database.ts';
import { failureOf } from '../../support/failure.ts';

/** Counts to a number; takes about a second for ten million. */
const slow = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :to) SELECT max(i) AS top FROM n`;

describe('the reader thread', () => {
	test('sees what was just committed', async () => {
		const { database, path } = createDatabase();
		const reader = openReader(path);
		for (const key of ['a', 'b', 'c']) {
			run(database, `INSERT INTO settings (key, value, updated_at) VALUES (:key, '1', 1)`, { key });
			const rows = await reader.all<{ key: string }>('SELECT key FROM settings WHERE key = :key', { key });
			expect(rows).toEqual([{ key }]);
		}
	});

	test('cannot write', async () => {
		const reader = openReader(createDatabase().path);
		const failure = await failureOf(() =>
			reader.all(`INSERT INTO settings (key, value, updated_at) VALUES ('a', '1', 1) RETURNING key`),
		);
		expect(failure.code).toBe('data-folder-not-writable');
	});

	test('keeps the main thread free during a query', async () => {
		const reader = openReader(createDatabase().path);
		await reader.all('SELECT 1');
		let turns = 0;
		const timer = setInterval(() => {
			turns += 1;
		}, 5);
		await reader.all(slow, { to: 3_000_000 });
		clearInterval(timer);
		expect(turns).toBeGreaterThan(10);
	});

	test('skips a query that was aborted before its turn, and answers the next ones', async () => {
		const reader = openReader(createDatabase().path);
		const first = reader.all<{ top: number }>(slow, { to: 500_000 });
		const abort = new AbortController();
		const second = reader.all(slow, { to: 1_000_000_000 }, abort.signal);
		const third = reader.all('SELECT 3 AS n');
		abort.abort(new Error('typed another letter'));
		await expect(second).rejects.toThrow('typed another letter');
		expect(await first).toEqual([{ top: 500_000 }]);
		expect(await third).toEqual([{ n: 3 }]);
	});

	test('returns the error of a query and continues', async () => {
		const reader = openReader(createDatabase().path);
		await expect(reader.all('SELECT * FROM nowhere')).rejects.toThrow('no such table: nowhere');
		expect(await reader.all('SELECT 1 AS one')).toEqual([{ one: 1 }]);
	});

	test('rejects waiting queries when it is closed', async () => {
		const reader = openReader(createDatabase().path);
		const running = reader.all(slow, { to: 1_000_000_000 });
		const waiting = reader.all('SELECT 1');
		const outcomes = Promise.allSettled([running, waiting]);
		await reader.close();
		expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
	});
});
