import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Dataset, DatasetVersion } from '../../electron/contract/dataset/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import type { Connection } from '../connection/connection.ts';
import { isConnectionLoss, toFailure } from '../connection/failure.ts';

/** View of a dataset. */
export type DatasetView = 'samples' | 'checks' | 'changes';

export interface DatasetState {
	status: 'loading' | 'ready' | 'failed';
	failure: FailureFacts | null;
	/** By name, the user's own before those that come with Assay. */
	datasets: readonly Dataset[];
	/** In the trash. */
	deleted: readonly Dataset[];
	/** Id of the one on the screen; null: none chosen yet, so the first is shown. */
	openId: number | null;
	/** Versions of the one on the screen, newest first; empty until fetched. */
	versions: readonly DatasetVersion[];
	/** Id of the version on the screen; null: always the newest. */
	versionId: number | null;
	view: DatasetView;
}

export interface DatasetStore {
	readonly state: StoreApi<DatasetState>;
	/** Fetches the list and the open dataset's versions again. */
	refresh(): Promise<void>;
	/** A dataset changed; null: several did. */
	changed(datasetId: number | null): Promise<void>;
	/** Opens a dataset at its newest version; null keeps the current one. */
	open(id: number | null): Promise<void>;
	showVersion(id: number | null): void;
	show(view: DatasetView): void;
	create(name: string): Promise<Dataset>;
	rename(id: number, name: string, description: string): Promise<void>;
	/** Creates a dataset with the contents of the version. */
	copy(versionId: number, name: string): Promise<Dataset>;
	remove(id: number): Promise<void>;
	restore(id: number): Promise<void>;
	/** Deletes the trash for good; returns the names of datasets that were kept because runs used them. */
	emptyTrash(): Promise<readonly string[]>;
	freeze(note: string): Promise<DatasetVersion | null>;
	discardDraft(): Promise<void>;
	bringBack(versionId: number): Promise<void>;
}

export function createDatasetStore({ client }: Connection): DatasetStore {
	const state = createStore<DatasetState>(() => ({
		status: 'loading',
		failure: null,
		datasets: [],
		deleted: [],
		openId: null,
		versions: [],
		versionId: null,
		view: 'samples',
	}));

	async function fetchList(): Promise<void> {
		try {
			const [{ datasets }, trash] = await Promise.all([
				client.datasets.list({}),
				client.datasets.list({ deleted: true }),
			]);
			state.setState({ status: 'ready', failure: null, datasets, deleted: trash.datasets });
		} catch (error) {
			if (!isConnectionLoss(error)) state.setState({ status: 'failed', failure: toFailure(error) });
		}
	}

	async function fetchVersions(): Promise<void> {
		const shown = shownDataset(state.getState());
		if (shown === undefined) return state.setState({ versions: [], versionId: null });
		try {
			const { versions } = await client.datasets.get({ id: shown.id });
			if (shownDataset(state.getState())?.id !== shown.id) return;
			state.setState(({ versionId }) => ({
				versions,
				versionId: versions.some(({ id }) => id === versionId) ? versionId : null,
			}));
		} catch (error) {
			if (!isConnectionLoss(error)) await fetchList();
		}
	}

	async function refresh(): Promise<void> {
		await fetchList();
		await fetchVersions();
	}

	async function open(id: number | null): Promise<void> {
		if (id !== null) state.setState({ openId: id });
		const [known] = state.getState().versions;
		if (known !== undefined && known.datasetId === shownDataset(state.getState())?.id) return;
		state.setState({ versions: [], versionId: null, view: 'samples' });
		await fetchVersions();
	}

	/** Changes the open dataset through a call that returns its newest version, and shows that version. */
	async function newest(work: (datasetId: number) => Promise<DatasetVersion>): Promise<DatasetVersion | null> {
		const shown = shownDataset(state.getState());
		if (shown === undefined) return null;
		const version = await work(shown.id);
		state.setState({ versionId: null });
		await refresh();
		return version;
	}

	return {
		state,
		refresh,
		open,
		async changed(datasetId) {
			await fetchList();
			if (datasetId === null || datasetId === shownDataset(state.getState())?.id) await fetchVersions();
		},
		showVersion: (versionId) =>
			state.setState(({ versions }) => ({ versionId: versionId === versions[0]?.id ? null : versionId })),
		show: (view) => state.setState({ view }),
		async create(name) {
			const dataset = await client.datasets.create({ name });
			await fetchList();
			return dataset;
		},
		async rename(id, name, description) {
			await client.datasets.rename({ id, name, description });
			await fetchList();
		},
		async copy(versionId, name) {
			const dataset = await client.datasets.copy({ versionId, name });
			await fetchList();
			return dataset;
		},
		async remove(id) {
			await client.datasets.remove({ id });
			await refresh();
		},
		async restore(id) {
			await client.datasets.restore({ id });
			await fetchList();
			await open(id);
		},
		async emptyTrash() {
			const { kept } = await client.datasets.empty({ ids: null });
			await fetchList();
			return kept;
		},
		freeze: (note) => newest((datasetId) => client.datasets.versions.freeze({ datasetId, note })),
		async discardDraft() {
			await newest((datasetId) => client.datasets.versions.discard({ datasetId }));
		},
		async bringBack(versionId) {
			await newest(() => client.datasets.versions.bringBack({ versionId }));
		},
	};
}

/** Returns the dataset on the screen: the chosen one, else the first. */
export function shownDataset({ datasets, openId }: Pick<DatasetState, 'datasets' | 'openId'>): Dataset | undefined {
	return datasets.find(({ id }) => id === openId) ?? datasets[0];
}

/** Returns the version on the screen. */
export function shownVersion(state: DatasetState): DatasetVersion | undefined {
	const dataset = shownDataset(state);
	// The previous dataset's versions may still be in the state.
	const versions = state.versions.filter(({ datasetId }) => datasetId === dataset?.id);
	return versions.find(({ id }) => id === state.versionId) ?? versions[0] ?? dataset?.latest;
}

/** Whether the version on the screen can be changed: only the newest one (changing a frozen one starts a draft). */
export function isChangeable(state: DatasetState): boolean {
	return shownVersion(state)?.id === shownDataset(state)?.latest.id;
}

/** Formats a version: "v3", or "v3 draft" while it may still change. */
export function formatVersion({ number, frozenAt }: DatasetVersion): string {
	return frozenAt === null ? `v${number} draft` : `v${number}`;
}
