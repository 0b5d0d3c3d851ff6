import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Row, Run } from '../../../electron/contract/evaluation/schema.ts';
import type { Connection } from '../../../renderer/connection/connection.ts';
import { createEvaluationStore, listLiveRuns } from '../../../renderer/evaluation/evaluation-store.ts';
import { createRateMeter } from '../../../renderer/evaluation/run-progress.ts';
import { type FakeRun, fakeRows, fakeRun } from '../../support/fake-application/evaluation-data.ts';

const values = (known: number, n = 40): (number | undefined)[] =>
	Array.from({ length: n }, (_, index) => (index < known ? index % 2 : undefined));

/** An application with these runs that counts the fetches. */
function setUp(...all: FakeRun[]) {
	const state = { all, fetched: 0, rows: 0 };
	const find = (id: number): Run => {
		const found = state.all.find(({ run }) => run.id === id);
		if (found === undefined) throw new Error(`There is no run ${id}.`);
		return found.run;
	};
	const client = {
		evaluations: {
			list: async () => ({ runs: state.all.map(({ run }) => run) }),
			get: async ({ id }: { id: number }) => {
				state.fetched += 1;
				return find(id);
			},
			rows: async (input: { arms: number[]; offset: number; limit: number }): Promise<{ rows: Row[] }> => {
				state.rows += 1;
				return fakeRows(state.all, { filter: 'all', bound: 1, scorer: null, tag: null, search: '', ...input });
			},
			pause: async ({ id }: { id: number }) => ({ ...find(id), status: 'paused' as const }),
			remove: async ({ id }: { id: number }) => ({ ...find(id), deletedAt: 1 }),
			restore: async ({ id }: { id: number }) => find(id),
			export: async ({ after }: { after: number | null }) =>
				after === null
					? { fileName: 'run.json', text: '{"a":', next: 7 }
					: { fileName: 'run.json', text: '1}', next: null },
		},
	};
	const failed = vi.fn();
	const ended = vi.fn();
	const store = createEvaluationStore({ client } as unknown as Connection, failed, ended);
	return { state, store, failed, ended };
}

beforeEach(() => {
	vi.useFakeTimers();
	vi.stubGlobal('document', { hidden: false });
});
afterEach(() => {
	vi.useRealTimers();
	vi.unstubAllGlobals();
});

const going = (known: number): FakeRun =>
	fakeRun(1, 'Arithmetic', [{ model: 'small', version: 1, values: values(known) }]);

test('a burst of events causes one fetch now and one after a pause', async () => {
	const { state, store } = setUp(going(8));
	for (let event = 0; event < 20; event += 1) store.apply(1);
	await vi.advanceTimersByTimeAsync(0);
	expect(state.fetched).toBe(1);
	await vi.advanceTimersByTimeAsync(3_000);
	expect(state.fetched).toBe(2);
});

test('the newest rows are kept, latest first, each once', async () => {
	const { state, store } = setUp(going(8));
	store.apply(1);
	await vi.advanceTimersByTimeAsync(1_000);
	expect(store.state.getState().newest[1]?.map(({ number }) => number)).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
	state.all = [going(10)];
	store.apply(1);
	await vi.advanceTimersByTimeAsync(1_000);
	expect(store.state.getState().newest[1]?.map(({ number }) => number)).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
});

test('the end of a run is announced once, and kept for the title while the window is unwatched', async () => {
	vi.stubGlobal('document', { hidden: true });
	const { state, store, ended } = setUp(going(8));
	store.apply(1);
	await vi.advanceTimersByTimeAsync(1_000);
	expect(ended).not.toHaveBeenCalled();
	state.all = [fakeRun(1, 'Arithmetic', [{ model: 'small', version: 1, values: values(40) }])];
	store.apply(1);
	store.apply(1);
	await vi.advanceTimersByTimeAsync(5_000);
	expect(ended).toHaveBeenCalledTimes(1);
	expect(store.state.getState().ended).toBe('Arithmetic');
	store.seen();
	expect(store.state.getState().ended).toBeNull();
});

test('a run that is gone leaves the list; a failed action is reported', async () => {
	const { state, store, failed } = setUp(going(8));
	await store.refresh();
	expect(store.state.getState().runs).toHaveLength(1);
	state.all = [];
	store.apply(1);
	await vi.advanceTimersByTimeAsync(1_000);
	expect(store.state.getState().runs).toEqual([]);
	await store.pause(1);
	expect(failed).toHaveBeenCalledWith(expect.stringContaining('There is no run 1.'));
	expect(store.state.getState().busy).toEqual({});
});

test('a deleted run disappears at once and can be restored; an export is assembled from its parts', async () => {
	const { store } = setUp(going(8));
	await store.refresh();
	expect(await store.remove(1)).toBe(true);
	expect(store.state.getState().runs).toEqual([]);
	await store.restore(1);
	expect(store.state.getState().runs.map(({ id }) => id)).toEqual([1]);
	expect(await store.export(1, 'json')).toEqual({ fileName: 'run.json', parts: ['{"a":', '1}'] });
});

test('among active runs the one being measured comes first', () => {
	const waiting = { ...going(0).run, id: 2, status: 'waiting' as const, createdAt: 1 };
	const running = { ...going(8).run, id: 3, createdAt: 5 };
	const paused = { ...going(8).run, id: 4, status: 'paused' as const };
	expect(listLiveRuns({ runs: [waiting, running, paused] }).map(({ id }) => id)).toEqual([3, 2]);
});

test('the rate covers the last half minute, and restarts with a shard', () => {
	let now = 0;
	const meter = createRateMeter(() => now);
	expect(meter.note(1, 0, true)).toBe(0);
	now = 10_000;
	expect(meter.note(1, 20, true)).toBe(2);
	now = 45_000;
	expect(meter.note(1, 90, true)).toBe(0);
	now = 50_000;
	expect(meter.note(1, 100, true)).toBe(2);
	expect(meter.note(1, 96, true)).toBe(0);
	expect(meter.note(1, 96, false)).toBe(0);
});
