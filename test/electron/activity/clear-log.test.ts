import { expect, test } from 'vitest';
import { createLogClearer } from '../../../electron/activity/clear-log.ts';
import { listEntries } from '../../../electron/activity/log-entries.ts';
import { all } from '../../../electron/database/sql.ts';
import { createEventBus } from '../../../electron/events.ts';
import { fillLog } from '../../support/activity.ts';
import { createDatabase, openReader } from '../../support/database.ts';

function open() {
	const { database, path } = createDatabase();
	fillLog(database, 2_500, 1_000_000_000);
	const reader = openReader(path);
	let now = 1_000_000_000;
	const clearer = createLogClearer({ database, events: createEventBus(() => {}), clock: () => now });
	const shown = async () =>
		(await listEntries(reader, { filter: {}, sort: { by: 'time', descending: true }, offset: 0, limit: 1 })).total;
	const stored = () => all(database, 'SELECT id FROM events').length;
	const wait = (ms: number) => {
		now += ms;
	};
	return { database, clearer, shown, stored, wait };
}

test('a cleared log is empty at once and can be restored until the sweep', async () => {
	const { clearer, database, shown, stored, wait } = open();
	const { cleared, upTo } = clearer.clear();
	expect([cleared, await shown()]).toEqual([2_500, 0]);
	wait(59_000);
	await clearer.sweep(false);
	expect(stored()).toBe(2_500);
	fillLog(database, 3, 1_000_000_000);
	expect(await shown()).toBe(3);
	expect(clearer.restore(upTo)).toBe(true);
	expect(await shown()).toBe(2_503);
	expect(clearer.restore(upTo)).toBe(false);
	clearer.stop();
});

test('a minute later the sweep deletes the cleared entries, and newer ones stay', async () => {
	const { clearer, database, shown, stored, wait } = open();
	const { upTo } = clearer.clear();
	fillLog(database, 3, 1_000_000_000);
	wait(60_000);
	await clearer.sweep(false);
	expect([stored(), await shown(), all(database, 'SELECT event_id FROM answer_figures').length]).toEqual([3, 3, 0]);
	expect(clearer.restore(upTo)).toBe(false);
	expect(clearer.clear()).toMatchObject({ cleared: 3 });
	// The next start does not wait for the minute.
	await clearer.sweep(true);
	expect(stored()).toBe(0);
	expect(clearer.clear()).toEqual({ cleared: 0, upTo: 0 });
	clearer.stop();
});

test('a log that is being deleted is not reported as restored', async () => {
	const { clearer, wait } = open();
	const { upTo } = clearer.clear();
	wait(60_000);
	const sweeping = clearer.sweep(false);
	expect(clearer.restore(upTo)).toBe(false);
	await sweeping;
	clearer.stop();
});
