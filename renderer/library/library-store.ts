import { createStore, type StoreApi } from 'zustand/vanilla';
import type { CatalogueEntry, Download, DownloadRequest } from '../../electron/contract/library/hub.ts';
import type { ModelFile, ModelOptions, ModelState } from '../../electron/contract/library/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import type { Connection } from '../connection/connection.ts';
import { isConnectionLoss, toFailure } from '../connection/failure.ts';
import { createFitStore, type FitStore } from './fit-store.ts';
import { createHubStore, type HubStore } from './hub-store.ts';

export interface LibraryState {
	status: 'loading' | 'ready' | 'failed';
	failure: FailureFacts | null;
	models: readonly ModelFile[];
	/** By model file id. */
	states: Readonly<Record<number, ModelState>>;
	catalogue: readonly CatalogueEntry[];
	/** Hosts that a search or a download may contact. */
	hosts: readonly string[];
	/** Newest last. */
	downloads: readonly Download[];
}

export interface LibraryStore {
	readonly state: StoreApi<LibraryState>;
	readonly view: ModelsViewStore;
	/** Memory of this computer, what each model needs of it, scans and hashes. */
	readonly fits: FitStore;
	/** What was searched for on the hub. */
	readonly hub: HubStore;
	refresh(): Promise<void>;
	applyState(state: ModelState): void;
	applyDownload(download: Download): void;
	/** Loads or reloads; a failure stays in the model's state, where the screens show it. */
	load(id: number, options?: { contextSize?: number; safe?: boolean }): Promise<void>;
	unload(id: number): Promise<void>;
	setDefault(id: number): Promise<void>;
	add(path: string): Promise<ModelFile>;
	remove(id: number, deleteFile: boolean): Promise<number>;
	/** Undoes `remove`. */
	restore(id: number): Promise<void>;
	/** How the model is loaded from now on; returns whether it is in memory with others. */
	setOptions(id: number, options: ModelOptions): Promise<boolean>;
	/** Starts fetching, or joins what fetches the same. */
	fetch(request: DownloadRequest): Promise<void>;
	pauseDownload(downloadId: string): Promise<void>;
	resumeDownload(downloadId: string): Promise<void>;
	/** What has come is kept for some seconds: `resumeDownload` undoes it. */
	cancelDownload(downloadId: string): Promise<void>;
}

export function createLibraryStore(connection: Connection, onFailure: (text: string) => void): LibraryStore {
	const { client } = connection;
	const state = createStore<LibraryState>(() => ({
		status: 'loading',
		failure: null,
		models: [],
		states: {},
		catalogue: [],
		hosts: [],
		downloads: [],
	}));

	async function refresh(): Promise<void> {
		try {
			const [{ models, states }, { entries, hosts }, { downloads }] = await Promise.all([
				client.models.list(),
				client.hub.catalogue(),
				client.downloads.list(),
			]);
			const byId = Object.fromEntries(states.map((one) => [one.modelFileId, one]));
			state.setState({ status: 'ready', failure: null, models, states: byId, catalogue: entries, hosts, downloads });
		} catch (error) {
			if (!isConnectionLoss(error)) state.setState({ status: 'failed', failure: toFailure(error) });
		}
	}

	function applyState(changed: ModelState): void {
		state.setState(({ states }) => ({ states: { ...states, [changed.modelFileId]: changed } }));
	}

	function applyDownload(changed: Download): void {
		state.setState(({ downloads }) => {
			const known = downloads.some(({ id }) => id === changed.id);
			return {
				downloads: known ? downloads.map((one) => (one.id === changed.id ? changed : one)) : [...downloads, changed],
			};
		});
	}

	return {
		state,
		view: createModelsView(),
		fits: createFitStore(connection, (error) => onFailure(toFailure(error).message)),
		hub: createHubStore(connection),
		refresh,
		applyState,
		applyDownload,
		async load(id, options = {}) {
			applyState({ state: 'loading', modelFileId: id, progress: { stage: 'starting', fraction: null } });
			try {
				applyState(await client.models.load({ id, ...options }));
			} catch (error) {
				applyState({ state: 'unloaded', modelFileId: id, failure: toFailure(error) });
			}
		},
		async unload(id) {
			applyState(await client.models.unload({ id }));
		},
		async setDefault(id) {
			await client.models.setDefault({ id });
			await refresh();
		},
		async add(path) {
			const added = await client.models.add({ path });
			await refresh();
			return added;
		},
		async remove(id, deleteFile) {
			const { freedBytes } = await client.models.remove({ id, deleteFile });
			await refresh();
			return freedBytes;
		},
		async restore(id) {
			await client.models.restore({ id });
			await refresh();
		},
		async setOptions(id, options) {
			const { reload } = await client.models.setOptions({ id, options });
			return reload;
		},
		async fetch(request) {
			applyDownload(await client.downloads.start(request));
		},
		async pauseDownload(downloadId) {
			applyDownload(await client.downloads.pause({ downloadId }));
		},
		async resumeDownload(downloadId) {
			applyDownload(await client.downloads.resume({ downloadId }));
		},
		async cancelDownload(downloadId) {
			applyDownload(await client.downloads.cancel({ downloadId }));
		},
	};
}

/** The model a conversation answers with: its own where that still exists, else the default, else any that can chat. */
export function chooseModel(models: readonly ModelFile[], modelFileId: number | null): ModelFile | undefined {
	return (
		models.find(({ id, copies }) => id === modelFileId || copies.some((copy) => copy.id === modelFileId)) ??
		models.find((model) => model.default) ??
		models.find((model) => model.chat && model.problem === null)
	);
}

/** The newest download of a catalogue entry, if it still matters. */
export function findDownload(downloads: readonly Download[], catalogueId: string): Download | undefined {
	return downloads.findLast((one) => one.catalogueId === catalogueId && one.state !== 'cancelled');
}

export interface ModelsView {
	tab: 'here' | 'get';
	/** The model in the inspector; null: the screen chooses. */
	chosen: number | null;
	/** The model whose memory sum is open under its row. */
	open: number | null;
	filter: string;
	dialog: { kind: 'none' } | { kind: 'add' };
	/** Part of the inspector. */
	part: 'file' | 'settings' | 'history';
}

type ModelsViewStore = StoreApi<ModelsView>;

/** What one looks at in Models; kept while one looks at something else. */
function createModelsView(): ModelsViewStore {
	return createStore<ModelsView>(() => ({
		tab: 'here',
		chosen: null,
		open: null,
		filter: '',
		dialog: { kind: 'none' },
		part: 'file',
	}));
}
