import { expect, test } from 'vitest';
import { networkRequests, recordActivity, removeOldActivity } from '../../../electron/activity/activity.ts';
import { keepActivity } from '../../../electron/activity/keep-activity.ts';
import type { ModelState } from '../../../electron/contract/model.ts';
import { all } from '../../../electron/database/sql.ts';
import { createEventBus } from '../../../electron/events.ts';
import { createScriptedEngine } from '../../../models/worker/scripted-engine.ts';
import { createDatabase } from '../../support/database.ts';

const crashed = { code: 'worker-crashed', message: 'The worker crashed.', next: ['Again'] };
const loading: ModelState = { state: 'loading', modelFileId: 1, progress: { stage: 'weights', fraction: 0.5 } };
const loaded: ModelState = {
	state: 'loaded',
	modelFileId: 1,
	capabilities: createScriptedEngine().capabilities(),
	residentBytes: 1_000,
	busy: false,
};
const unloaded: ModelState = { state: 'unloaded', modelFileId: 1, failure: null };

test('loads, crashes and unloads are written down once each, progress is not', () => {
	const { database } = createDatabase();
	const events = createEventBus(() => {});
	const stop = keepActivity(database, events, () => 5);
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
	expect(all(database, 'SELECT kind, outcome FROM events ORDER BY id')).toEqual([
		{ kind: 'load', outcome: 'loaded' },
		{ kind: 'crash', outcome: 'worker-crashed' },
		{ kind: 'load', outcome: 'model-file-truncated' },
		{ kind: 'load', outcome: 'loaded' },
		{ kind: 'unload', outcome: 'unloaded' },
	]);
});

test('every request over the network is shown, newest first', () => {
	const { database } = createDatabase();
	const events = createEventBus(() => {});
	keepActivity(database, events, () => 5);
	for (const at of [1, 2]) {
		events.publish({
			type: 'network-request',
			at,
			host: 'models.example',
			purpose: 'download',
			outcome: '200',
			bytes: at,
		});
	}
	expect(networkRequests(database, 10)).toEqual([
		{ id: 2, at: 2, host: 'models.example', purpose: 'download', outcome: '200', bytes: 2 },
		{ id: 1, at: 1, host: 'models.example', purpose: 'download', outcome: '200', bytes: 1 },
	]);
});

test('what is older than 90 days goes', () => {
	const { database } = createDatabase();
	const now = 100 * 86_400_000;
	for (const at of [now - 91 * 86_400_000, now - 89 * 86_400_000]) {
		recordActivity(database, { at, kind: 'load', subject: 'm', outcome: 'loaded', detail: {} });
	}
	removeOldActivity(database, now);
	expect(all(database, 'SELECT at FROM events')).toEqual([{ at: now - 89 * 86_400_000 }]);
});
