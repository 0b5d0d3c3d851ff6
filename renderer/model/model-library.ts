import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Download, DownloadRequest } from '../../electron/contract/model/download.ts';
import type { CatalogueEntry } from '../../electron/contract/model/hub.ts';
import type { ModelFile, ModelState } from '../../electron/contract/model.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import type { Connection } from '../connection/connection.ts';
import { failureOf, isConnectionLoss } from '../connection/failure.ts';
import { createModelsView, type ModelsViewStore } from './library/models-view.ts';

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

export interface ModelLibrary {
	readonly state: StoreApi<LibraryState>;
	readonly view: ModelsViewStore;
	refresh(): Promise<void>;
	applyState(state: ModelState): void;
	applyDownload(download: Download): void;
	/** Loads or reloads; a failure stays in the model's state, where the screens show it. */
	load(id: number, contextSize?: number): Promise<void>;
	unload(id: number): Promise<void>;
	setDefault(id: number): Promise<void>;
	add(path: string): Promise<ModelFile>;
	remove(id: number, deleteFile: boolean): Promise<number>;
	/** Starts fetching, or joins what fetches the same. */
	fetch(request: DownloadRequest): Promise<void>;
	pauseDownload(downloadId: string): Promise<void>;
	resumeDownload(downloadId: string): Promise<void>;
	/** What has come is kept for some seconds: `resumeDownload` undoes it. */
	cancelDownload(downloadId: string): Promise<void>;
}

export function createModelLibrary(connection: Connection): ModelLibrary {
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
			if (!isConnectionLoss(error)) state.setState({ status: 'failed', failure: failureOf(error) });
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
		refresh,
		applyState,
		applyDownload,
		async load(id, contextSize) {
			applyState({ state: 'loading', modelFileId: id, progress: { stage: 'starting', fraction: null } });
			try {
				applyState(await client.models.load({ id, ...(contextSize === undefined ? {} : { contextSize }) }));
			} catch (error) {
				applyState({ state: 'unloaded', modelFileId: id, failure: failureOf(error) });
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
export function modelFor(models: readonly ModelFile[], modelFileId: number | null): ModelFile | undefined {
	return (
		models.find(({ id }) => id === modelFileId) ??
		models.find((model) => model.default) ??
		models.find((model) => model.chat && model.problem === null)
	);
}

/** The newest download of a catalogue entry, if it still matters. */
export function downloadOf(downloads: readonly Download[], catalogueId: string): Download | undefined {
	return downloads.findLast((one) => one.catalogueId === catalogueId && one.state !== 'cancelled');
}
