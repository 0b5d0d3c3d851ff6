import { expect, test } from 'vitest';
import { defaultSettings } from '../../../electron/contract/settings/defaults.ts';
import { all, queryPlan, run } from '../../../electron/database/sql.ts';
import { createEventBus } from '../../../electron/events.ts';
import { createRequestLog } from '../../../electron/server/log/request-log.ts';
import type { RequestRecord } from '../../../electron/server/log/request-record.ts';
import {
	countsOfRequests,
	filterParameters,
	pageOfRequests,
	percentilesOfRequests,
} from '../../../electron/server/log/store.ts';
import { openForTest, openOptions } from '../../support/database.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const parameters = { ...filterParameters({ outcome: 'any', withBody: false }), before: null, limit: 10 };

test('a page of the log is read from its end, and clients are found by index', async () => {
	const { database } = await openForTest(openOptions(temporaryFolder()));
	const planOf = (sql: string, values: Parameters<typeof all>[2] = {}): string =>
		queryPlan(database, sql, values).join('\n');
	const page = planOf(pageOfRequests, parameters);
	expect(page).not.toContain('TEMP B-TREE');
	expect(page).toContain('SEARCH k USING INTEGER PRIMARY KEY');
	expect(
		planOf('SELECT id FROM server_requests WHERE response_id = :id AND deleted_at IS NULL', { id: 'x' }),
	).toContain('server_requests_response');
	for (const [sql, index] of [
		['SELECT id FROM server_requests WHERE deleted_at IS NOT NULL AND deleted_at <= :at', 'server_requests_trash'],
		['SELECT id FROM server_requests WHERE started_at < :at', 'server_requests_started'],
		['SELECT request_id FROM server_bodies WHERE kept_at <= :at', 'server_bodies_kept'],
	] as const) {
		expect(planOf(sql, { at: 1 })).toContain(index);
	}
});

test('percentiles follow the nearest rank', async () => {
	const { database, insert } = await filled();
	for (let ms = 1; ms <= 100; ms += 1) insert(ms);
	const rows = all<{ name: string; p50: number; p90: number; p99: number; max: number }>(
		database,
		percentilesOfRequests,
		filterParameters({ outcome: 'any', withBody: false }),
	);
	expect(rows.find(({ name }) => name === 'ttftMs')).toMatchObject({ p50: 50, p90: 90, p95: 95, p99: 99, max: 100 });
	expect(all(database, countsOfRequests, filterParameters({ outcome: 'any', withBody: false }))).toContainEqual({
		kind: 'clients',
		name: 'test',
		requests: 100,
	});
});

test('requests from before a restore are not stored in the restored data, whose requests have their ids', async () => {
	const { database } = await openForTest(openOptions(temporaryFolder()));
	const log: string[] = [];
	const requests = createRequestLog({
		database,
		events: createEventBus(() => {}),
		clock: () => 5,
		settings: () => defaultSettings,
		log: (line) => log.push(line),
	});
	const clients = () => all<{ client: string }>(database, 'SELECT client FROM server_requests ORDER BY id');
	const [early, late, longest] = ['early', 'late', 'longest'].map((client) => requests.begin(client, true));
	const end = (record: RequestRecord | undefined): void => {
		record?.end(200);
		if (record !== undefined) requests.ended(record);
	};
	end(early);
	const goOn = requests.hold();
	expect(clients()).toEqual([{ client: 'early' }]);
	end(late);
	requests.flush();
	expect(clients()).toEqual([{ client: 'early' }]);
	// As a backup has it.
	const sql = `INSERT INTO server_requests (id, started_at, client, route, status, duration_ms)
		VALUES (:id, 1, 'restored', '/v1/models', 200, 1)`;
	for (let id = 2; id <= 4; id += 1) run(database, sql, { id });
	requests.onReplaced();
	goOn();
	end(longest);
	end(requests.begin('new', true));
	await requests.close();
	expect(clients().map(({ client }) => client)).toEqual(['early', 'restored', 'restored', 'restored', 'new']);
	expect(log).toEqual([]);
});

async function filled() {
	const { database } = await openForTest(openOptions(temporaryFolder()));
	return {
		database,
		insert: (ttft: number) =>
			run(
				database,
				`INSERT INTO server_requests (started_at, client, route, status, ttft_ms, duration_ms)
				 VALUES (1, 'test', '/v1/chat/completions', 200, :ttft, :ttft)`,
				{ ttft },
			),
	};
}

test('a check for expired texts that can’t read the settings is logged', async () => {
	const { database } = await openForTest(openOptions(temporaryFolder()));
	const log: string[] = [];
	const requests = createRequestLog({
		database,
		events: createEventBus(() => {}),
		clock: () => 1,
		settings() {
			throw new Error('disk I/O error');
		},
		log: (line) => log.push(line),
	});
	await requests.close();
	expect(log).toEqual(['server: disk I/O error']);
});
