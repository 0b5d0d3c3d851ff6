import { cpus } from 'node:os';
import { join } from 'node:path';
import { Failure, type FailureFacts } from '../../models/contract/failure.ts';
import type { Turn } from '../../models/contract/generation.ts';
import { catalogue as allCatalogued, type CatalogueModel } from '../../models/download/catalogue.ts';
import { defaultTiming } from '../../models/download/network-gate.ts';
import type { Room } from '../../models/fit/fit-verdict.ts';
import { type CuratedModel, curatedModels } from '../../models/hub/curated-models.ts';
import type { ModelRuntime } from '../../models/runtime/runtime.ts';
import type {
	ChosenTemplate,
	ComputeDevice,
	ModelLoad,
	ModelOptions,
	ModelState,
	ModelTemplate,
	TemplatePreview,
} from '../contract/library/schema.ts';
import {
	describeTemplate,
	previewTemplate,
	readChosenTemplate,
	templateForEngine,
	writeChosenTemplate,
} from './chat-template.ts';
import { createDownloads, type Downloads, type QueueOptions } from './downloads/download-queue.ts';
import { createHub, type Hub } from './downloads/hub-search.ts';
import { createFits, type Fits } from './library-fits.ts';
import { createLoadHistory } from './load-history.ts';
import { readLoadSettings, writeLoadSettings } from './load-settings.ts';
import { createLoadedModels } from './loaded/loaded-models.ts';
import { machineName } from './loaded/measured-threads.ts';
import { measuringObstacle } from './measuring-obstacle.ts';
import { memoryBytes } from './memory.ts';
import { createModelFiles, type ModelFiles } from './model-files.ts';
import { vramFor } from './model-fit.ts';
import type { AcquireOptions, EngineFacts, LibrarySeam, ModelLibrary, ProbeRequest } from './model-service.ts';
import { createScans, type ScanOptions, type Scans } from './scan-job.ts';
import { installedCatalogueIds } from './store/model-files.ts';
import { listLoads } from './store/model-loads.ts';

/** How long a check of the file of a loaded model holds, ms: one takes a noticeable part of the time to a first token. */
const loadedFileCheckMs = 1_000;

export interface LibraryOptions {
	readonly runtime: ModelRuntime;
	/** Name of the engine; known without starting anything. */
	readonly engineBuild: string;
	/** Checks whether the engine works here. */
	readonly probeEngine: (wanted?: ProbeRequest) => Promise<EngineFacts>;
	/** Memory that models may share, bytes; defaults to this computer's, replaced by tests. */
	readonly memoryBytes?: () => number;
	/** Memory available now, bytes; defaults to asking the system, replaced by tests. */
	readonly availableBytes?: () => number;
	readonly downloads?: DownloadOptions;
	readonly scan?: ScanOptions;
}

/** The library with everything that its calls need. */
export interface Library extends ModelLibrary {
	readonly files: Pick<ModelFiles, 'list' | 'add' | 'inspect' | 'rename' | 'setDefault' | 'restore'>;
	readonly fits: Fits;
	readonly scans: Scans;
	/** `reload` is true if the model is loaded with other settings. */
	setOptions(modelFileId: number, options: ModelOptions): { options: ModelOptions; reload: boolean };
	/** How the model's conversations are written. */
	template(modelFileId: number): Promise<ModelTemplate>;
	/** Chooses a template, or the file's own with null; unloads a model that nothing uses. */
	setTemplate(modelFileId: number, template: ChosenTemplate | null): Promise<ModelTemplate & { reload: boolean }>;
	previewTemplate(modelFileId: number, source: string, turns: readonly Turn[]): Promise<TemplatePreview>;
	/** Newest first. */
	history(modelFileId: number): readonly ModelLoad[];
	devices(): Promise<{ devices: ComputeDevice[]; detail: string }>;
	readonly hub: HubAndDownloads['hub'];
	readonly downloads: Omit<HubAndDownloads['downloads'], 'close'>;
	state(modelFileId: number): ModelState;
	load(modelFileId: number, options?: AcquireOptions): Promise<ModelState>;
	/** Unloads it first. Returns the bytes freed on the disk. */
	remove(modelFileId: number, deleteFile: boolean): Promise<number>;
}

/** Opens the library of a data folder. Loads nothing; computes missing hashes in the background. */
export function createLibrary(seam: LibrarySeam, options: LibraryOptions): Library {
	const { runtime } = options;
	const modelsFolder = join(seam.dataFolder, 'models');
	const files = createModelFiles(seam, modelsFolder);
	const totalBytes = options.memoryBytes ?? memoryBytes;
	const machine = machineName();
	const { engineBuild } = options;
	/** Why llama.cpp's C API can't be called here, once a load or a check has found out. */
	let cApiFailure: FailureFacts | null = null;
	const stopListening = runtime.onEvent((event) => {
		if (event.type !== 'loaded' || event.capabilities.backend === 'scripted') return;
		const { engine = 'c-api', engineFailure = null } = event.capabilities;
		// A model whose settings choose node-llama-cpp says nothing about the C API.
		if (engine === 'c-api' || engineFailure !== null) cApiFailure = engineFailure;
	});
	const fits = createFits({
		seam,
		engineBuild,
		machine,
		totalBytes,
		...(options.availableBytes === undefined ? {} : { availableBytes: options.availableBytes }),
		held: () => loaded.held(),
	});
	const records = createLoadHistory({ seam, runtime, machine, engineBuild, predict: fits.predict });
	const loaded = createLoadedModels(seam, runtime, totalBytes, records, async ({ gpu, gpuLayers }) =>
		gpu === 'cpu' || gpuLayers === 0 ? 0 : (vramFor((await devices()).devices, gpu)?.freeBytes ?? 0),
	);
	const scans = createScans(seam, files, options.scan);
	const { hub, downloads } = createHubAndDownloads(seam, files, modelsFolder, fits, options.downloads);

	async function engine(wanted?: ProbeRequest): Promise<EngineFacts> {
		const facts = await options.probeEngine(wanted);
		if (facts.available) cApiFailure = facts.failure ?? null;
		return facts;
	}

	async function devices(): Promise<{ devices: ComputeDevice[]; detail: string }> {
		const facts = await engine({ everyGpu: true });
		const found = devicesOf(facts, cpus()[0]?.model.trim() ?? process.arch, totalBytes());
		fits.see(found, facts.processor ?? null);
		return { devices: found, detail: facts.detail };
	}

	/** Unloads a model unless it is in use; returns whether it is unloaded now. */
	async function unloadUnused(modelFileId: number): Promise<boolean> {
		try {
			return (await loaded.unload(modelFileId)).state === 'unloaded';
		} catch (error) {
			if (error instanceof Failure && error.code === 'model-busy') return false;
			throw error;
		}
	}

	/** Returns which of the files with the same weights is loaded or would be; prefers this one if it is loaded. */
	function inUse(modelFileId: number): number {
		return loaded.state(modelFileId).state === 'unloaded' ? files.canonical(modelFileId) : modelFileId;
	}

	return {
		files,
		fits,
		scans,
		hub,
		downloads,
		state: loaded.state,
		modelFile: files.get,
		defaultModelFile: files.default,
		count: files.count,
		all: files.all,
		add: (path) => files.add(path),
		unloadAll: loaded.unloadAll,
		async acquire(modelFileId, wanted, hooks) {
			const id = inUse(modelFileId);
			// A model in memory is as it was added; its file is looked at now and then only to say that it changed.
			const maxAgeMs = loaded.engine(id) === null ? 0 : loadedFileCheckMs;
			return loaded.acquire(await files.check(id, { kind: wanted.kind ?? 'model', maxAgeMs }), wanted, hooks);
		},
		loaded: (modelFileId) => loaded.engine(inUse(modelFileId)),
		inBackground: (modelFileId) => loaded.background(inUse(modelFileId)),
		hasRoom: (modelFileId) => loaded.hasRoom(files.get(inUse(modelFileId))),
		async load(modelFileId, wanted = {}) {
			return loaded.load(await files.check(inUse(modelFileId)), wanted);
		},
		async unload(modelFileId) {
			files.get(modelFileId);
			return loaded.unload(modelFileId);
		},
		async remove(modelFileId, deleteFile) {
			files.get(modelFileId);
			await loaded.unload(modelFileId);
			return files.remove(modelFileId, deleteFile);
		},
		options(modelFileId) {
			files.get(modelFileId);
			return readLoadSettings(seam, modelFileId);
		},
		setOptions(modelFileId, wanted) {
			files.get(modelFileId);
			const differs = writeLoadSettings(seam, modelFileId, wanted);
			if (differs) files.changed();
			const reload = differs && loaded.state(modelFileId).state !== 'unloaded';
			return { options: readLoadSettings(seam, modelFileId), reload };
		},
		chatTemplate(modelFileId) {
			const chosen = readChosenTemplate(seam, files.canonical(modelFileId));
			return chosen === null ? null : templateForEngine(chosen);
		},
		template: (modelFileId) => describeTemplate(seam, files.get(modelFileId)),
		async setTemplate(modelFileId, template) {
			const file = files.get(modelFileId);
			const differs = await writeChosenTemplate(seam, file, template);
			if (differs) files.changed();
			const reload = differs && !(await unloadUnused(inUse(modelFileId)));
			return { ...(await describeTemplate(seam, file)), reload };
		},
		previewTemplate: (modelFileId, source, turns) => previewTemplate(files.get(modelFileId), source, turns),
		history(modelFileId) {
			files.get(modelFileId);
			return listLoads(seam.database, modelFileId);
		},
		devices,
		engine: () => engine(),
		measuringObstacle: (modelFileId) =>
			measuringObstacle(files.get(modelFileId), readLoadSettings(seam, modelFileId), cApiFailure),
		engineBuild: () => options.engineBuild,
		async close() {
			await Promise.all([downloads.close(), loaded.close(), files.close()]);
			stopListening();
			records.close();
		},
	};
}

/** What tests change: other models, other sources, shorter times. */
interface DownloadOptions extends QueueOptions {
	readonly catalogue?: readonly CatalogueModel[];
	readonly curated?: readonly CuratedModel[];
	/** Memory available to models here. */
	readonly room?: () => Room;
}

interface HubAndDownloads {
	readonly hub: Pick<Hub, 'entries' | 'hosts' | 'search' | 'repository'>;
	readonly downloads: Downloads;
}

/** Creates the hub search and the download queue. */
function createHubAndDownloads(
	seam: LibrarySeam,
	files: ModelFiles,
	modelsFolder: string,
	fits: Pick<Fits, 'room' | 'processor'>,
	options: DownloadOptions = {},
): HubAndDownloads {
	const { catalogue = allCatalogued, curated = curatedModels, ...queue } = options;
	const hub = createHub({
		network: {
			isBlocked: seam.networkBlocked,
			report: (record) => seam.events.publish({ type: 'network-request', at: seam.clock(), ...record }),
		},
		hubUrl: seam.hubUrl,
		room: options.room ?? fits.room,
		processor: fits.processor,
		installedId({ sha256, path }) {
			const place = join(modelsFolder, ...path);
			const same = files.all().find((file) => (sha256 !== null && file.sha256 === sha256) || file.path === place);
			return same?.problem === null ? same.id : null;
		},
		fetched: () => installedCatalogueIds(seam.database),
		environment: options.environment ?? process.env,
		timing: options.timing ?? defaultTiming,
		catalogue,
		curated,
	});
	return { hub, downloads: createDownloads(seam, files, hub, { catalogue, curated }, modelsFolder, queue) };
}

const kinds: readonly (readonly [RegExp, ComputeDevice['kind']])[] = [
	[/^cuda/i, 'cuda'],
	[/^(metal|mtl)/i, 'metal'],
	[/^vulkan/i, 'vulkan'],
	[/^cpu/i, 'cpu'],
];

/** Returns the devices that the engine reports; the processor is always included. */
function devicesOf({ gpus, found }: EngineFacts, processor: string, memoryBytes: number): ComputeDevice[] {
	const others =
		found ??
		gpus.map((name): ComputeDevice => {
			const kind = kinds.find(([pattern]) => pattern.test(name))?.[1] ?? 'other';
			return { kind, name, memoryBytes: null };
		});
	return [{ kind: 'cpu', name: processor, memoryBytes }, ...others];
}
