import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Comparison } from '../../../electron/contract/comparison/schema.ts';
import { Failure } from '../../../models/contract/failure.ts';
import { createComparisonStore, undoMs } from '../../../renderer/comparison/comparison-store.ts';
import type { Connection } from '../../../renderer/connection/connection.ts';
import { ladderComparison } from '../../support/fake-application/comparison-data.ts';
import { fakeSettings } from '../../support/fake-settings.ts';

beforeEach(() => {
	vi.useFakeTimers();
});
afterEach(() => {
	vi.useRealTimers();
});

/** Creates a store over an application with these comparisons. */
function storeWith(all: Comparison[]) {
	const removed: number[] = [];
	const comparisons = {
		list: async () => ({
			comparisons: all.filter(({ id }) => !removed.includes(id)).map((one) => ({ ...one, runId: null })),
		}),
		texts: async () => ({ texts: [] }),
		get: async ({ id }: { id: number }) => {
			const found = all.find((one) => one.id === id && !removed.includes(id));
			if (found === undefined) throw new Error(`no comparison ${id}`);
			return found;
		},
		resume: async () => {
			throw new Failure({
				code: 'adapter-unknown',
				message: 'The adapter Tickets is gone.',
				next: ['Start a comparison without this adapter', 'Import it again'],
			});
		},
		remove: async ({ id }: { id: number }) => {
			removed.push(id);
			return {};
		},
	};
	const failures: string[] = [];
	const settings = fakeSettings();
	const connection = { client: { comparisons } } as unknown as Connection;
	const store = createComparisonStore(connection, settings, (text) => failures.push(text));
	return { store, settings, removed, failures };
}

const newer = ladderComparison({ id: 2, createdAt: 2_000 });
const older = ladderComparison({ id: 1, createdAt: 1_000 });
const ids = ({ state }: ReturnType<typeof createComparisonStore>) => state.getState().comparisons.map(({ id }) => id);

test('when the comparison on screen is removed elsewhere, the next one is shown', async () => {
	const { store, removed } = storeWith([newer, older]);
	await store.refresh();
	removed.push(2);
	await store.apply(2);
	expect(ids(store)).toEqual([1]);
	expect(store.state.getState().shown?.id).toBe(1);
});

test('the newest comparison is shown until another is chosen', async () => {
	const { store } = storeWith([newer, older]);
	await store.refresh();
	expect(store.state.getState().shown?.id).toBe(2);
	await store.choose(1);
	expect(store.state.getState().shown?.id).toBe(1);
});

test('a deleted comparison disappears at once, and is erased only later', async () => {
	const { store, removed } = storeWith([newer, older]);
	await store.refresh();
	store.remove(2);
	expect(ids(store)).toEqual([1]);
	await store.apply(2);
	await store.refresh();
	expect({ shown: ids(store), removed }).toEqual({ shown: [1], removed: [] });
	await vi.advanceTimersByTimeAsync(undoMs);
	expect(removed).toEqual([2]);
});

test('an undone deletion returns the comparison to its place, shows it, and never erases it', async () => {
	const { store, removed } = storeWith([newer, older]);
	await store.refresh();
	const undo = store.remove(1);
	undo();
	await vi.advanceTimersByTimeAsync(0);
	expect(ids(store)).toEqual([2, 1]);
	expect(store.state.getState().shown?.id).toBe(1);
	await vi.advanceTimersByTimeAsync(2 * undoMs);
	expect(removed).toEqual([]);
});

test('an event about a comparison that no longer exists removes it from the list', async () => {
	const { store } = storeWith([newer]);
	await store.refresh();
	store.state.setState({ comparisons: [newer, older].map((one) => ({ ...one, runId: null })), shown: older });
	await store.apply(1);
	expect(ids(store)).toEqual([2]);
});

test('chosen columns are remembered until they are reset', () => {
	const { store, settings } = storeWith([newer]);
	store.showColumn('load', true);
	store.showColumn('size', false);
	expect(settings.state.getState().comparisonColumns).toEqual({ load: true, size: false });
	store.showColumn(null, true);
	expect(settings.state.getState().comparisonColumns).toEqual({});
});

test('a comparison that can’t be resumed stays as it is, and the notice says why and what to do', async () => {
	const paused = ladderComparison({ id: 1, status: 'paused' });
	const { store, failures } = storeWith([paused]);
	await store.refresh();
	await store.resume(1);
	expect(failures).toEqual(['The adapter Tickets is gone. Start a comparison without this adapter.']);
	expect(store.state.getState().shown?.status).toBe('paused');
});
