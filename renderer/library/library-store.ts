import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Adapter } from '../../electron/contract/adapters/schema.ts';
import type { CatalogueEntry, Download, DownloadRequest } from '../../electron/contract/library/hub.ts';
import type { ModelFile, ModelOptions, ModelState } from '../../electron/contract/library/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import type { Connection } from '../connection/connection.ts';
import { isConnectionLoss, toFailure } from '../connection/failure.ts';
import { createFitStore, type FitStore } from './fit-store.ts';
import { createHubStore, type HubStore } from './hub-store.ts';
import type { Figures, Sorting } from './model-rows.ts';

export interface LibraryState {
	status: 'loading' | 'ready' | 'failed';
	failure: FailureFacts | null;
	models: readonly ModelFile[];
	/** LoRA adapters, newest first. */
	adapters: readonly Adapter[];
	/** By model file id. */
	states: Readonly<Record<number, ModelState>>;
	catalogue: readonly CatalogueEntry[];
	/** Hosts that a search or a download may contact. */
	hosts: readonly string[];
	/** Newest last. */
	downloads: readonly Download[];
	/** What comparisons and runs have measured, by model file id. */
	figures: Figures;
}

export interface LibraryStore {
	readonly state: StoreApi<LibraryState>;
	readonly view: ModelsViewStore;
	/** This computer's memory, each model's need, scans and hashing. */
	readonly fits: FitStore;
	/** The hub's search. */
	readonly hub: HubStore;
	refresh(): Promise<void>;
	/** Reads what comparisons and runs have measured. */
	refreshFigures(): Promise<void>;
	applyState(state: ModelState): void;
	applyDownload(download: Download): void;
	/** Loads or reloads a model; a failure is kept in the model's state, which the screens show. */
	load(id: number, options?: { contextSize?: number; safe?: boolean }): Promise<void>;
	unload(id: number): Promise<void>;
	setDefault(id: number): Promise<void>;
	/** Gives files a name; null: their own again. Resolves with the names that undo it. */
	rename(names: readonly NewName[]): Promise<readonly NewName[]>;
	add(path: string): Promise<ModelFile>;
	remove(id: number, deleteFile: boolean): Promise<number>;
	/** Undoes `remove`. */
	restore(id: number): Promise<void>;
	/** Changes how the model is loaded from now on; returns whether it is in memory with other settings. */
	setOptions(id: number, options: ModelOptions): Promise<boolean>;
	/** Starts a download, or joins one of the same file. */
	fetch(request: DownloadRequest): Promise<void>;
	pauseDownload(downloadId: string): Promise<void>;
	resumeDownload(downloadId: string): Promise<void>;
	/** Cancels a download; the received bytes are kept for some seconds, in which `resumeDownload` undoes it. */
	cancelDownload(downloadId: string): Promise<void>;
}

/** A name for a file; null: its own. */
export interface NewName {
	readonly id: number;
	readonly name: string | null;
}

export function createLibraryStore(connection: Connection, onFailure: (text: string) => void): LibraryStore {
	const { client } = connection;
	const state = createStore<LibraryState>(() => ({
		status: 'loading',
		failure: null,
		models: [],
		adapters: [],
		states: {},
		catalogue: [],
		hosts: [],
		downloads: [],
		figures: {},
	}));

	async function refresh(): Promise<void> {
		try {
			const [{ models, states }, { adapters }, { entries, hosts }, { downloads }] = await Promise.all([
				client.models.list(),
				client.adapters.list(),
				client.hub.catalogue(),
				client.downloads.list(),
			]);
			const byId = Object.fromEntries(states.map((one) => [one.modelFileId, one]));
			const fetched = { models, adapters, states: byId, catalogue: entries, hosts, downloads };
			state.setState({ status: 'ready', failure: null, ...fetched });
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
		async refreshFigures() {
			// Without them, the list shows everything else.
			const answer = await client.comparisons.figures().catch(() => null);
			if (answer === null) return;
			state.setState({ figures: Object.fromEntries(answer.files.map((one) => [one.modelFileId, one])) });
		},
		applyState,
		applyDownload,
		async load(id, options = {}) {
			applyState({ state: 'loading', modelFileId: id, progress: { stage: 'starting', fraction: null } });
			try {
				applyState(await client.models.load({ ...options, id }));
			} catch (error) {
				applyState({ state: 'unloaded', modelFileId: id, failure: toFailure(error) });
			}
		},
		async unload(id) {
			applyState(await client.models.unload({ id }));
		},
		async rename(names) {
			const { models } = state.getState();
			const before = names.flatMap(({ id }) => {
				const model = models.find((one) => one.id === id);
				return model === undefined ? [] : [{ id, name: model.name === model.ownName ? null : model.name }];
			});
			await client.models.rename({ names: [...names] });
			await refresh();
			return before;
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

/**
 * Returns the model that a conversation answers with: its own if that still exists, else the default, else any that can
 * chat.
 */
export function chooseModel(models: readonly ModelFile[], modelFileId: number | null): ModelFile | undefined {
	return (
		models.find(({ id, copies }) => id === modelFileId || copies.some((copy) => copy.id === modelFileId)) ??
		models.find((model) => model.default) ??
		models.find((model) => model.chat && model.problem === null)
	);
}

/** Returns the model that a new run or trial starts with: the default model, else the first usable one. */
export function chooseDefaultModel(models: readonly ModelFile[]): ModelFile | undefined {
	const usable = models.filter(({ problem }) => problem === null);
	return usable.find((model) => model.default) ?? usable.find(({ chat }) => chat) ?? usable[0];
}

/** Returns the newest download of a catalogue entry, if it is still relevant. */
export function findDownload(downloads: readonly Download[], catalogueId: string): Download | undefined {
	return downloads.findLast((one) => one.catalogueId === catalogueId && one.state !== 'cancelled');
}

export interface ModelsView {
	tab: 'here' | 'get' | 'training';
	/** Id of the model in the inspector; null: the screen's default. */
	chosen: number | null;
	/** Id of the model whose memory breakdown is open below its row. */
	open: number | null;
	filter: string;
	sorting: Sorting;
	/** Models that the user opened or closed in the list, by the key of their group. */
	opened: Readonly<Record<string, boolean>>;
	/** Key of the group whose name is being edited in the list. */
	renaming: string | null;
	dialog: { kind: 'none' } | { kind: 'add' } | { kind: 'quantize'; modelId: number };
	/** Tab of the inspector. */
	part: 'file' | 'settings' | 'history';
}

type ModelsViewStore = StoreApi<ModelsView>;

/** Creates the view state of Models, which is kept while another section is open. */
function createModelsView(): ModelsViewStore {
	return createStore<ModelsView>(() => ({
		tab: 'here',
		chosen: null,
		open: null,
		filter: '',
		sorting: { column: 'name', descending: false },
		opened: {},
		renaming: null,
		dialog: { kind: 'none' },
		part: 'file',
	}));
}
