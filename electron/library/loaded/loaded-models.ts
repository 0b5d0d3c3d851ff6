import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { orAborted } from '../../../models/abort-signal.ts';
import { Failure, type FailureFacts, failureFacts } from '../../../models/contract/failure.ts';
import {
	type Capabilities,
	defaultLoadOptions,
	type LoadOptions,
	type LoadProgress,
	type SavedStateOptions,
} from '../../../models/contract/load.ts';
import { said } from '../../../models/contract/said.ts';
import type { Engine } from '../../../models/engine.ts';
import type { ModelRuntime } from '../../../models/runtime/runtime.ts';
import type { ModelFile, ModelState } from '../../contract/library/schema.ts';
import { readSettings } from '../../settings/settings.ts';
import { gpuOptions } from '../gpu-settings.ts';
import type { LoadHistory } from '../load-history.ts';
import { usableLoadOptions } from '../load-settings.ts';
import { type LoadedMemory, memoryBytes, modelToUnload, neededBytes, requireMemory } from '../memory.ts';
import type { AcquireHooks, AcquireOptions, LibrarySeam } from '../model-service.ts';
import { unloadIdle } from './idle-unload.ts';
import { readAllThreadTrials, storeThreadTrials } from './measured-threads.ts';
import { createModelSlot, type ModelSlot } from './model-slot.ts';
import { type PendingLoad, startLoading } from './pending-load.ts';
import { createSafeStart } from './safe-start.ts';

/** Models in memory: at most what fits; the least recently used makes room. */
export interface LoadedModels {
	/** Restarts a model that crashed while its restart budget lasts. */
	acquire(file: ModelFile, options: AcquireOptions, hooks?: AcquireHooks): Promise<Engine>;
	/** Returns the engine of a model that is loaded and running; null otherwise. */
	engine(modelFileId: number): Engine | null;
	/** The same for answers that nobody waits for. */
	background(modelFileId: number): Engine | null;
	/** Like `acquire`, but for an explicit request of the user: past crashes don't count. */
	load(file: ModelFile, options: AcquireOptions): Promise<ModelState>;
	state(modelFileId: number): ModelState;
	/** Returns whether the file can be loaded, as far as its size tells, without unloading another model. */
	hasRoom(file: Pick<ModelFile, 'sizeBytes'>): boolean;
	/** Memory that loaded models take. */
	held(): readonly LoadedMemory[];
	/** Ends the process. Throws Failure `model-busy` while the model answers. */
	unload(modelFileId: number): Promise<ModelState>;
	/** Ends every load and every process. */
	unloadAll(): Promise<void>;
	close(): Promise<void>;
}

/** Settings that crash least: little memory, none of the user's choices, weights checked before use. */
const safeOptions: Partial<LoadOptions> = { contextSize: 1024, batchSize: 128, checkTensors: true, gpu: 'cpu' };

const wanted = (
	own: Partial<LoadOptions>,
	{ contextSize, threads, adapters, gpu, gpuLayers, safe }: AcquireOptions,
): LoadOptions => ({
	...defaultLoadOptions,
	...(safe === true ? safeOptions : own),
	...(contextSize === undefined ? {} : { contextSize }),
	...(threads === undefined ? {} : { threads }),
	...(adapters === undefined ? {} : { adapters: [...adapters] }),
	...gpuOptions({ gpu, gpuLayers }),
});

/**
 * Returns whether a model acquired with `have` also serves a request for `want`; a request without options accepts any.
 */
function serves(
	have: AcquireOptions,
	want: AcquireOptions,
	actual?: { contextSize: number; threads: number },
): boolean {
	const same = (key: 'contextSize' | 'threads'): boolean =>
		want[key] === undefined || want[key] === have[key] || want[key] === actual?.[key];
	const sameGpu = (key: 'gpu' | 'gpuLayers'): boolean => want[key] === undefined || want[key] === have[key];
	const sameAdapters = want.adapters === undefined || isDeepStrictEqual(want.adapters, have.adapters);
	return same('contextSize') && same('threads') && sameGpu('gpu') && sameGpu('gpuLayers') && sameAdapters;
}

export function createLoadedModels(
	seam: LibrarySeam,
	runtime: ModelRuntime,
	totalBytes: () => number = memoryBytes,
	records: Pick<LoadHistory, 'requested' | 'failed'> | null = null,
	/**
	 * Free memory of the GPU that a model with these options runs on, bytes; 0 if it uses none, or one that shares main
	 * memory.
	 */
	vramBytes: (options: Pick<LoadOptions, 'gpu' | 'gpuLayers'>) => Promise<number> = async () => 0,
): LoadedModels {
	const slots = new Map<number, ModelSlot>();
	const loads = new Map<number, PendingLoad>();
	/** Reasons of failed loads; a crash is kept in the slot instead. */
	const failures = new Map<number, FailureFacts>();
	const closing = new AbortController();
	const safeStart = createSafeStart(seam);
	/**
	 * One load at a time: each measures which thread count is fastest, and two that share the cores would measure
	 * nonsense.
	 */
	let turn: Promise<unknown> = Promise.resolve();

	function state(modelFileId: number): ModelState {
		const load = loads.get(modelFileId);
		if (load !== undefined) return { state: 'loading', modelFileId, progress: load.progress() };
		const slot = slots.get(modelFileId);
		if (slot === undefined) {
			const failure = failures.get(modelFileId) ?? safeStart.refusal(modelFileId)?.facts() ?? null;
			return { state: 'unloaded', modelFileId, failure };
		}
		switch (slot.phase.kind) {
			case 'crashed':
				return { state: 'unloaded', modelFileId, failure: slot.phase.failure };
			case 'restarting':
				return { state: 'loading', modelFileId, progress: slot.phase.progress };
			case 'ready': {
				const capabilities = slot.engine.capabilities();
				const { residentBytes } = slot;
				return { state: 'loaded', modelFileId, capabilities, residentBytes, busy: slot.isBusy() };
			}
		}
	}

	function readySlot(modelFileId: number): ModelSlot | null {
		const slot = slots.get(modelFileId);
		return slot?.phase.kind === 'ready' && !loads.has(modelFileId) ? slot : null;
	}

	const publish = (modelFileId: number): void =>
		seam.events.publish({ type: 'model-state', state: state(modelFileId) });

	const stopFollowing = followWorkers(runtime, slots, publish, (id, capabilities) =>
		storeThreadTrials(seam, id, capabilities),
	);

	const stopUnloading = unloadIdle(
		slots,
		() => readSettings(seam.database).unloadAfterMinutes,
		(slot) => stop(slot),
		seam.log,
	);

	async function stop(slot: ModelSlot): Promise<void> {
		const { modelFileId } = slot;
		if (slots.get(modelFileId) !== slot) return;
		slots.delete(modelFileId);
		await runtime.unload(String(modelFileId));
		publish(modelFileId);
	}

	async function makeRoom(needed: number, signal: AbortSignal): Promise<void> {
		for (;;) {
			const slot = modelToUnload([...slots.values()], needed, totalBytes());
			if (slot === null) return;
			await slot.idle(signal);
			await stop(slot);
		}
	}

	async function load(
		file: ModelFile,
		requested: AcquireOptions,
		signal: AbortSignal,
		onProgress: (progress: LoadProgress) => void,
	): Promise<ModelSlot> {
		const { id, path } = file;
		signal.throwIfAborted();
		const options = wanted(usableLoadOptions(seam, file), requested);
		await requireMemory(file, totalBytes(), () => vramBytes(options));
		const predicted = await records?.requested(file, options);
		await makeRoom(predicted ?? neededBytes(file), signal);
		const model = {
			key: String(id),
			path,
			options,
			knownThreadTrials: readAllThreadTrials(seam, id),
			...savedStateOptions(seam),
		};
		safeStart.began(id);
		const engine = await runtime.load(model, { signal, onProgress }).catch((error: unknown) => {
			safeStart.ended(id, signal.aborted ? null : error);
			if (!signal.aborted) records?.failed(file, options, error);
			throw error;
		});
		safeStart.ended(id, null);
		storeThreadTrials(seam, id, engine.capabilities());
		const slot = createModelSlot(
			id,
			engine,
			{ requested, options, weightBytes: file.sizeBytes },
			() => stop(slot),
			() => publish(id),
		);
		slots.set(id, slot);
		return slot;
	}

	function begin(file: ModelFile, requested: AcquireOptions): PendingLoad {
		const { id } = file;
		safeStart.check(file);
		failures.delete(id);
		const loading = startLoading(requested, async (signal, onProgress) => {
			const ending = AbortSignal.any([signal, closing.signal]);
			try {
				const mine = turn.then(() =>
					load(file, requested, ending, (progress) => {
						onProgress(progress);
						publish(id);
					}),
				);
				turn = mine.catch(() => {});
				return await mine;
			} catch (error) {
				// Cancelled on purpose: the model is fine.
				ending.throwIfAborted();
				failures.set(id, failureFacts(error));
				throw error;
			} finally {
				loads.delete(id);
				publish(id);
			}
		});
		loads.set(id, loading);
		publish(id);
		return loading;
	}

	/**
	 * Returns whether a loaded model has the adapters of its settings. The other settings wait until the user loads it again,
	 * but new answers are promised with the chosen adapters, and the file of a removed one is gone.
	 */
	function hasChosenAdapters({ requested, options }: ModelSlot, file: ModelFile): boolean {
		const chosen = wanted(usableLoadOptions(seam, file), requested);
		return isDeepStrictEqual(options.adapters, chosen.adapters);
	}

	/** Waits for a process that has to be restarted. */
	async function awake(slot: ModelSlot, signal: AbortSignal, onProgress: AcquireHooks['onProgress']): Promise<void> {
		if (slot.phase.kind === 'ready') return;
		const stopListening = runtime.onEvent((event) => {
			if (event.type === 'loading' && event.key === String(slot.modelFileId)) onProgress?.(event.progress);
		});
		try {
			await orAborted(slot.wake(), signal);
		} finally {
			stopListening();
		}
	}

	async function acquire(file: ModelFile, options: AcquireOptions, hooks: AcquireHooks = {}): Promise<Engine> {
		const signal = AbortSignal.any([closing.signal, ...(hooks.signal === undefined ? [] : [hooks.signal])]);
		for (;;) {
			signal.throwIfAborted();
			const slot = slots.get(file.id);
			const loading = loads.get(file.id);
			const isServed = slot !== undefined && serves(slot.requested, options, slot.engine.capabilities());
			if (isServed && hasChosenAdapters(slot, file)) {
				slot.touch();
				await awake(slot, signal, hooks.onProgress);
				return slot.engine;
			}
			if (slot !== undefined) {
				await slot.idle(signal);
				await stop(slot);
			} else if (loading === undefined || (!loading.isEnding() && serves(loading.requested, options))) {
				const loaded = await (loading ?? begin(file, options)).join({ ...hooks, signal });
				loaded.touch();
				return loaded.engine;
			} else await orAborted(loading.ended, signal);
		}
	}

	return {
		acquire,
		engine: (modelFileId) => readySlot(modelFileId)?.engine ?? null,
		background: (modelFileId) => readySlot(modelFileId)?.background ?? null,
		state,
		hasRoom: (file) => modelToUnload([...slots.values()], neededBytes(file), totalBytes()) === null,
		held: () => [...slots.values()].map(({ residentBytes, weightBytes }) => ({ residentBytes, weightBytes })),
		async load(file, options) {
			safeStart.forgive(file.id);
			const slot = slots.get(file.id);
			// A user who loads it again wants the settings chosen since.
			const stale =
				slot !== undefined && !isDeepStrictEqual(slot.options, wanted(usableLoadOptions(seam, file), options));
			if (slot?.phase.kind === 'crashed') await stop(slot);
			else if (stale && slot !== undefined) {
				await slot.idle(closing.signal);
				await stop(slot);
			}
			await acquire(file, options);
			return state(file.id);
		},
		async unload(modelFileId) {
			const slot = slots.get(modelFileId);
			if (slot?.isBusy() === true) throw modelBusy();
			const loading = loads.get(modelFileId);
			loading?.cancel(loadCancelled());
			await loading?.ended;
			if (slot !== undefined) {
				await slot.finished(closing.signal);
				await stop(slot);
			}
			failures.delete(modelFileId);
			return state(modelFileId);
		},
		async unloadAll() {
			const all = [...loads.values()];
			for (const loading of all) loading.cancel(loadCancelled());
			await Promise.all(all.map(({ ended: settled }) => settled));
			await Promise.all([...slots.values()].map(stop));
			failures.clear();
		},
		async close() {
			closing.abort(loadCancelled());
			await Promise.all([...loads.values()].map(({ ended: settled }) => settled));
			await Promise.all([...slots.values()].map(stop));
			stopFollowing();
			stopUnloading();
			await runtime.close();
		},
	};
}

/**
 * Updates the slots when their processes change by themselves: crash, restart, grow, measure threads again. The first
 * load has no slot yet; its waiters follow it. Returns the function that stops it.
 */
function followWorkers(
	runtime: ModelRuntime,
	slots: ReadonlyMap<number, ModelSlot>,
	onChange: (modelFileId: number) => void,
	onTrials: (modelFileId: number, capabilities: Capabilities) => void,
): () => void {
	return runtime.onEvent((event) => {
		const id = Number(event.key);
		const slot = slots.get(id);
		if (slot === undefined) return;
		switch (event.type) {
			case 'loading':
				slot.phase = { kind: 'restarting', progress: event.progress };
				return onChange(id);
			case 'loaded':
				slot.phase = { kind: 'ready' };
				slot.residentBytes = event.capabilities.residentBytes;
				return onChange(id);
			case 'capabilities':
				onTrials(id, event.capabilities);
				return onChange(id);
			case 'crashed':
			case 'load-failed':
				slot.phase = { kind: 'crashed', failure: event.failure };
				slot.residentBytes = 0;
				return onChange(id);
			case 'resident-bytes':
				slot.residentBytes = event.bytes;
				return onChange(id);
			case 'busy':
			case 'unloaded':
				// The slot counts its own uses, and the caller that unloads reports it.
				return;
		}
	});
}

/** The model was unloaded, or the application ended, while others waited for it. */
function loadCancelled(): Failure {
	return new Failure({
		code: 'load-cancelled',
		message: said`Loading the model was cancelled.`,
		next: [said`Load the model again`],
	});
}

function modelBusy(): Failure {
	return new Failure({
		code: 'model-busy',
		message: said`The model is answering.`,
		next: [said`Stop the answer, then unload the model`, said`Wait for the answer to finish`],
	});
}

/** Name of the folder, below the data folder. */
export const statesFolderName = 'states';

/** Returns where a model keeps saved conversation states; nothing if the settings allow none. */
function savedStateOptions({ database, dataFolder }: Pick<LibrarySeam, 'database' | 'dataFolder'>): {
	readonly savedStates?: SavedStateOptions;
} {
	const limitBytes = readSettings(database).stateLimitMb * 1_000_000;
	if (limitBytes === 0) return {};
	return { savedStates: { folder: join(dataFolder, statesFolderName), limitBytes } };
}
