import { expect, test } from 'vitest';
import type { Connection } from '../../../renderer/connection/connection.ts';
import {
	createDatasetStore,
	formatVersion,
	isChangeable,
	shownDataset,
	shownVersion,
} from '../../../renderer/dataset/dataset-store.ts';
import { buildDataset, buildDatasetVersion } from '../../support/fixtures/dataset.ts';

/** A store with two datasets: the first with a frozen version and a draft, the second with one version. */
function storeWith() {
	const versions = new Map([
		[1, [buildDatasetVersion(12, 1, 2, 5, { frozenAt: null, sha256: null }), buildDatasetVersion(11, 1, 1, 4)]],
		[2, [buildDatasetVersion(21, 2, 1, 3)]],
	]);
	const gone = new Set<number>();
	const all = () => [...versions].filter(([id]) => !gone.has(id)).map(([id, [latest]]) => buildDataset(id, latest!));
	const datasets = {
		list: async ({ deleted = false }) => ({ datasets: deleted ? [] : all() }),
		get: async ({ id }: { id: number }) => ({
			dataset: all().find((one) => one.id === id),
			versions: versions.get(id),
		}),
		remove: async ({ id }: { id: number }) => gone.add(id),
		restore: async ({ id }: { id: number }) => gone.delete(id),
		versions: {
			freeze: async ({ datasetId }: { datasetId: number }) => {
				const [draft, ...rest] = versions.get(datasetId)!;
				const frozen = { ...draft!, frozenAt: 9, sha256: 'a' };
				versions.set(datasetId, [frozen, ...rest]);
				return frozen;
			},
		},
	};
	return createDatasetStore({ client: { datasets } } as unknown as Connection);
}

const shown = ({ state }: ReturnType<typeof createDatasetStore>) => shownVersion(state.getState())?.id;

test('the first dataset is shown until another is opened, always in its newest version', async () => {
	const store = storeWith();
	await store.refresh();
	expect([shownDataset(store.state.getState())?.id, shown(store)]).toEqual([1, 12]);
	await store.open(2);
	expect([shownDataset(store.state.getState())?.id, shown(store)]).toEqual([2, 21]);
	await store.open(null);
	expect(shown(store)).toBe(21);
});

test('only the newest version can be edited', async () => {
	const store = storeWith();
	await store.refresh();
	expect(isChangeable(store.state.getState())).toBe(true);
	store.showVersion(11);
	expect([shown(store), isChangeable(store.state.getState())]).toEqual([11, false]);
	store.showVersion(12);
	expect(store.state.getState().versionId).toBeNull();
});

test('freezing shows the version that the draft became', async () => {
	const store = storeWith();
	await store.refresh();
	store.showVersion(11);
	await store.freeze('note');
	expect(shown(store)).toBe(12);
	expect(formatVersion(shownVersion(store.state.getState())!)).toBe('v2');
});

test('a deleted dataset gives way to the next, and comes back', async () => {
	const store = storeWith();
	await store.refresh();
	await store.remove(1);
	expect(shown(store)).toBe(21);
	await store.restore(1);
	expect(shown(store)).toBe(12);
});
