import { performance } from 'node:perf_hooks';
import { expect, test } from 'vitest';
import { answersByModel, readUsage, speedsAtRanks } from '../../../electron/activity/answer-usage.ts';
import { countEntries, filterParameters, listEntries, pageOfEntries } from '../../../electron/activity/log-entries.ts';
import type { ActivitySort } from '../../../electron/contract/activity/schema.ts';
import { queryPlan } from '../../../electron/database/sql.ts';
import { fillLog } from '../../support/activity.ts';
import { createDatabase, openReader } from '../../support/database.ts';

const now = Date.UTC(2026, 10, 24, 12);
const newest: ActivitySort = { by: 'time', descending: true };

test('100,000 entries are found by time and kind, and full reads stay off the main thread', async () => {
	const { database, path } = createDatabase();
	fillLog(database, 100_000, now);

	const filter = filterParameters({ since: 1 });
	const page = queryPlan(database, pageOfEntries(newest), { ...filter, limit: 100, offset: 0 });
	expect(page.join('\n')).toContain('SEARCH e USING INDEX events_at (at>? AND at<?)');
	// Only the page's hundred rows are sorted again, not the log.
	expect(page.filter((step) => step.includes('TEMP B-TREE FOR ORDER BY')).length).toBeLessThanOrEqual(1);
	expect(queryPlan(database, countEntries, filter).join('\n')).toContain('events_at');
	for (const [sql, parameters] of [
		[answersByModel, { since: 0 }],
		[speedsAtRanks, { since: 0, wanted: '[]' }],
	] as const) {
		const plan = queryPlan(database, sql, parameters).join('\n');
		expect(plan).toContain('events_kind (kind=? AND at>?)');
		expect(plan).toContain('SEARCH f USING INTEGER PRIMARY KEY');
	}

	const reader = openReader(path);
	const before = performance.eventLoopUtilization();
	const found = await listEntries(reader, { filter: { text: 'no such words' }, sort: newest, offset: 0, limit: 100 });
	const { models } = await readUsage(reader, { days: 90, utcOffset: 0 }, now);
	expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.5);
	expect(found.total).toBe(0);
	expect(models.reduce((sum, one) => sum + one.answers, 0)).toBe(70_000);
	for (const { tokensPerSecond, ttftMs } of models) {
		expect(Math.abs(tokensPerSecond!.median - 40)).toBeLessThan(1);
		expect(ttftMs!.low).toBeLessThanOrEqual(ttftMs!.value);
		expect(ttftMs!.high).toBeGreaterThanOrEqual(ttftMs!.value);
	}
});
