import { describe, expect, test } from 'vitest';
import { exportEntries } from '../../../electron/activity/export-log.ts';
import { getEntry, listEntries } from '../../../electron/activity/log-entries.ts';
import { recordActivity } from '../../../electron/activity/record-activity.ts';
import type { ActivityEntry, ActivityFilter, ActivitySort } from '../../../electron/contract/activity/schema.ts';
import { fillLog } from '../../support/activity.ts';
import { createDatabase, openReader } from '../../support/database.ts';
import { failureOf } from '../../support/failure.ts';

const now = Date.UTC(2026, 10, 24, 12);
const newest: ActivitySort = { by: 'time', descending: true };

function small() {
	const { database, path } = createDatabase();
	fillLog(database, 20, now);
	const reader = openReader(path);
	const list = (filter: ActivityFilter, sort = newest, offset = 0, limit = 100) =>
		listEntries(reader, { filter, sort, offset, limit });
	return { database, reader, list };
}

const ids = ({ entries }: { entries: ActivityEntry[] }) => entries.map(({ id }) => id);

describe('the list', () => {
	test('filters by kind, result, time and text, and counts the matches', async () => {
		const { list } = small();
		expect((await list({}, newest, 0, 0)).total).toBe(20);
		expect(ids(await list({ kinds: ['network', 'crash'] }))).toEqual([13, 12, 3, 2]);
		expect(ids(await list({ results: ['failed'] }))).toEqual([13, 3]);
		expect(ids(await list({ since: now - 60_000 }))).toEqual([20, 19]);
		expect(ids(await list({ until: now - 18 * 60_000 }))).toEqual([2, 1]);
		expect(ids(await list({ text: 'HOST4' }))).toEqual([12]);
		expect(ids(await list({ text: 'fetch 11' }))).toEqual([12]);
		expect(await list({ text: 'nowhere' })).toEqual({ total: 0, entries: [] });
	});

	test('sorts by any column, both ways, with the newest first among equals', async () => {
		const { list } = small();
		expect(ids(await list({}, { by: 'time', descending: false }, 2, 3))).toEqual([3, 4, 5]);
		const kinds = await list({}, { by: 'kind', descending: true });
		expect(kinds.entries.slice(0, 3).map(({ kind }) => kind)).toEqual(['network', 'network', 'load']);
		expect(kinds.entries.slice(0, 2).map(({ id }) => id)).toEqual([12, 2]);
		const subjects = await list({}, { by: 'subject', descending: false });
		expect(subjects.entries[0]?.subject).toBe('host1.example');
		const outcomes = await list({}, { by: 'outcome', descending: false });
		expect(outcomes.entries[0]?.outcome).toBe('worker-crashed');
	});

	test('shows an entry’s figures and facts, even from earlier versions', async () => {
		const { database, reader, list } = small();
		const failure = {
			code: 'worker-crashed',
			message: 'The process ended.',
			next: ['Load it again'],
			detail: 'assert',
		};
		recordActivity(database, {
			at: now,
			kind: 'crash',
			subject: 'm',
			result: 'failed',
			outcome: 'worker-crashed',
			detail: { failure, tookMs: 3 },
		});
		recordActivity(database, {
			at: now,
			kind: 'crash',
			subject: 'm',
			result: 'failed',
			outcome: 'worker-crashed',
			detail: { message: 'As it was kept before.' },
		});
		const [old, crash, answer] = (await list({}, newest, 0, 3)).entries;
		expect(old).toMatchObject({ message: 'As it was kept before.', facts: {} });
		expect(crash).toMatchObject({ message: 'The process ended.', facts: { tookMs: 3 }, figures: null });
		expect(answer).toMatchObject({ facts: { contextSize: 4096 }, figures: { completionTokens: 51, cachedTokens: 40 } });
		expect((await getEntry(reader, crash?.id ?? 0)).failure).toEqual(failure);
		expect((await failureOf(() => getEntry(reader, 999))).code).toBe('activity-unknown');
	});
});

describe('an export', () => {
	test('is one table or one array, whatever the number of pages', async () => {
		const { database, path } = createDatabase();
		fillLog(database, 2_000, now);
		const reader = openReader(path);
		for (const format of ['csv', 'json'] as const) {
			let text = '';
			let after: number | null = null;
			let pages = 0;
			do {
				const page = await exportEntries(reader, { filter: {}, format, after });
				text += page.text;
				after = page.next;
				pages += 1;
			} while (after !== null);
			expect(pages).toBe(3);
			if (format === 'json') expect(JSON.parse(text)).toHaveLength(2_000);
			else expect(text.split('\r\n')).toHaveLength(2_002);
		}
	});

	test('of no entries is an empty array, and a formula stays text', async () => {
		const { database, path } = createDatabase();
		const reader = openReader(path);
		const exported = (format: 'csv' | 'json') => exportEntries(reader, { filter: {}, format, after: null });
		expect(JSON.parse((await exported('json')).text)).toEqual([]);
		recordActivity(database, { at: 0, kind: 'job', subject: '=1+2,"x"', result: 'fine', outcome: 'done', detail: {} });
		expect((await exported('csv')).text).toContain(`1,1970-01-01T00:00:00.000Z,job,"'=1+2,""x""",fine,done`);
	});
});
