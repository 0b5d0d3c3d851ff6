import { expect, test } from 'vitest';
import { deleteExpiredActivity, recordActivity, recordEvents } from '../../../electron/activity/record-activity.ts';
import type { Download } from '../../../electron/contract/library/hub.ts';
import type { ModelState } from '../../../electron/contract/library/schema.ts';
import { all } from '../../../electron/database/sql.ts';
import { createEventBus } from '../../../electron/events.ts';
import { createDatabase } from '../../support/database.ts';
import { buildDownload } from '../../support/fixtures/download.ts';
import { buildJob } from '../../support/fixtures/job.ts';
import { buildLoadedState } from '../../support/fixtures/model.ts';

const crashed = {
	code: 'worker-crashed',
	message: 'The worker crashed.',
	next: ['Again'],
	detail: `${'x'.repeat(9_000)}GGML_ASSERT`,
};
const loading: ModelState = { state: 'loading', modelFileId: 1, progress: { stage: 'weights', fraction: 0.5 } };
const loaded = buildLoadedState(1);
const unloaded: ModelState = { state: 'unloaded', modelFileId: 1, failure: null };

function keep() {
	const { database } = createDatabase();
	const events = createEventBus((error) => {
		throw error;
	});
	const stop = recordEvents({ database, events, clock: () => 5, modelName: () => null });
	return { database, events, stop };
}

test('loads, crashes and unloads are recorded once each, progress is not', () => {
	const { database, events, stop } = keep();
	const states: ModelState[] = [
		loading,
		loading,
		loaded,
		{ ...loaded, busy: true },
		{ ...unloaded, failure: crashed },
		loading,
		{ ...unloaded, failure: { ...crashed, code: 'model-file-truncated' } },
		loading,
		loaded,
		unloaded,
		unloaded,
	];
	for (const state of states) events.publish({ type: 'model-state', state });
	stop();
	events.publish({ type: 'model-state', state: loaded });
	expect(all(database, 'SELECT kind, result, outcome FROM events ORDER BY id')).toEqual([
		{ kind: 'load', result: 'fine', outcome: 'loaded' },
		{ kind: 'crash', result: 'failed', outcome: 'worker-crashed' },
		{ kind: 'load', result: 'failed', outcome: 'model-file-truncated' },
		{ kind: 'load', result: 'fine', outcome: 'loaded' },
		{ kind: 'unload', result: 'fine', outcome: 'unloaded' },
	]);
	const [crash] = all<{ subject: string; log: string }>(
		database,
		`SELECT subject, detail ->> '$.failure.detail' AS log FROM events WHERE kind = 'crash'`,
	);
	expect(crash?.subject).toBe('Deleted model');
	expect(crash?.log).toHaveLength(8_000);
	expect(crash?.log.endsWith('GGML_ASSERT')).toBe(true);
});

test('network requests are recorded with their result, and every entry is announced', () => {
	const { database, events } = keep();
	let announced = 0;
	events.subscribe(({ type }) => {
		if (type === 'activity-changed') announced += 1;
	});
	const outcomes = ['200', '302 to cdn.example', '302 to evil.example, not followed', '404', '200, cut off'];
	for (const outcome of [...outcomes, 'refused: the network is blocked', 'cancelled']) {
		events.publish({
			type: 'network-request',
			at: 1,
			host: 'models.example',
			purpose: 'a model',
			outcome,
			bytes: 7,
		});
	}
	expect(
		all<{ result: string }>(database, 'SELECT result FROM events ORDER BY id').map(({ result }) => result),
	).toEqual([...['fine', 'fine', 'failed', 'failed', 'failed', 'blocked', 'stopped']]);
	expect(announced).toBe(7);
});

test('a failed download is recorded once, even if it is removed from the list later', () => {
	const { database, events } = keep();
	const download = (id: string, state: Download['state']) =>
		buildDownload({ id, state, catalogueId: null, repository: 'ada/tiny', name: 'Tiny', quantization: 'F32' });
	for (const [id, state] of [
		...([
			['a', 'running'],
			['a', 'failed'],
			['a', 'cancelled'],
		] as const),
		...([
			['b', 'running'],
			['b', 'cancelled'],
			['b', 'queued'],
			['b', 'failed'],
		] as const),
	]) {
		events.publish({ type: 'download', download: download(id, state) });
	}
	expect(
		all<{ result: string }>(database, 'SELECT result FROM events ORDER BY id').map(({ result }) => result),
	).toEqual(['failed', 'stopped', 'failed']);
});

test('jobs that the user started are recorded when they end', () => {
	const { database, events } = keep();
	const job = buildJob({ kind: 'import', title: 'chats.zip', unit: 'bytes', done: 1, total: 2, startedAt: 1_000 });
	events.publish({ type: 'job', job });
	events.publish({ type: 'job', job: { ...job, kind: 'preview', state: 'done', endedAt: 2_000 } });
	events.publish({ type: 'job', job: { ...job, state: 'done', endedAt: 3_500 } });
	expect(all(database, 'SELECT kind, subject, result, detail FROM events')).toEqual([
		{ kind: 'job', subject: 'chats.zip', result: 'fine', detail: '{"work":"import","tookMs":2500}' },
	]);
});

test('entries older than 90 days are deleted, with their figures', () => {
	const { database } = createDatabase();
	const now = 100 * 86_400_000;
	const figures = {
		promptTokens: 1,
		cachedTokens: 0,
		completionTokens: 2,
		ttftMs: 3,
		promptMs: 3,
		generationMs: 4,
	};
	for (const at of [now - 91 * 86_400_000, now - 89 * 86_400_000]) {
		recordActivity(database, {
			at,
			kind: 'answer',
			subject: 'm',
			result: 'fine',
			outcome: 'end',
			detail: {},
			figures,
		});
	}
	deleteExpiredActivity(database, now);
	expect(all(database, 'SELECT at FROM events JOIN answer_figures ON event_id = id')).toEqual([
		{ at: now - 89 * 86_400_000 },
	]);
	expect(all(database, 'SELECT event_id FROM answer_figures')).toHaveLength(1);
});

test('another default model or preset is recorded with the one before', () => {
	const { database, events } = keep();
	events.publish({ type: 'default-changed', what: 'model', name: 'B Q4_0', before: 'A F16', modelFileId: null });
	events.publish({ type: 'default-changed', what: 'preset', name: null, before: 'Brief', modelFileId: null });
	expect(all(database, 'SELECT kind, outcome, subject, detail FROM events ORDER BY id')).toEqual([
		{ kind: 'default', outcome: 'model', subject: 'B Q4_0', detail: '{"before":"A F16"}' },
		{ kind: 'default', outcome: 'preset', subject: '', detail: '{"before":"Brief"}' },
	]);
});
