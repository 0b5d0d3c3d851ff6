import { Failure, type FailureFacts, failureFacts } from '../../../models/contract/failure.ts';
import { defaultLoadOptions, type LoadOptions, type LoadProgress } from '../../../models/contract/load.ts';
import type { Engine } from '../../../models/engine.ts';
import type { ModelFile, ModelState } from '../../contract/model.ts';
import type { AcquireHooks, AcquireOptions, LibrarySeam } from '../model-service.ts';
import { type Loading, startLoading } from './loading.ts';
import { memoryBytes, neededBytes, requireMemory, toUnload } from './memory.ts';
import type { ModelRuntime } from './runtime.ts';
import { createSlot, type Slot } from './slot.ts';
import { keepThreadTrials, knownThreadTrials } from './thread-trials.ts';

/** Models in memory: at most what fits, the least recently used makes room. */
export interface LoadedModels {
	acquire(file: ModelFile, options: AcquireOptions, hooks?: AcquireHooks): Promise<Engine>;
	state(modelFileId: number): ModelState;
	/** Ends the process. Throws Failure `model-busy` while it answers. */
	unload(modelFileId: number): Promise<ModelState>;
	close(): Promise<void>;
}

const wanted = (options: AcquireOptions): LoadOptions => ({
	...defaultLoadOptions,
	...(options.contextSize === undefined ? {} : { contextSize: options.contextSize }),
	...(options.threads === undefined ? {} : { threads: options.threads }),
});

/** Whether a model that was asked for with `have` serves someone who asks with `want`; who asks for nothing takes all. */
function serves(
	have: AcquireOptions,
	want: AcquireOptions,
	actual?: { contextSize: number; threads: number },
): boolean {
	const same = (key: 'contextSize' | 'threads'): boolean =>
		want[key] === undefined || want[key] === have[key] || want[key] === actual?.[key];
	return same('contextSize') && same('threads');
}

function loadCancelled(): Failure {
	return new Failure({
		code: 'load-cancelled',
		message: 'Loading the model was cancelled.',
		next: ['Load the model again'],
	});
}

export function createLoadedModels(
	seam: LibrarySeam,
	runtime: ModelRuntime,
	totalBytes: () => number = memoryBytes,
): LoadedModels {
	const slots = new Map<number, Slot>();
	const loads = new Map<number, Loading>();
	/** Why a model is not loaded any more, or was not. */
	const failures = new Map<number, FailureFacts>();
	const closing = new AbortController();
	/** One load at a time: it measures which thread count is fastest, and two that share the cores measure nonsense. */
	let turn: Promise<unknown> = Promise.resolve();

	function state(modelFileId: number): ModelState {
		const slot = slots.get(modelFileId);
		if (slot !== undefined) {
			const { model } = slot;
			const capabilities = model.engine.capabilities();
			return { state: 'loaded', modelFileId, capabilities, residentBytes: model.residentBytes(), busy: slot.isBusy() };
		}
		const load = loads.get(modelFileId);
		if (load !== undefined) return { state: 'loading', modelFileId, progress: load.progress() };
		return { state: 'unloaded', modelFileId, failure: failures.get(modelFileId) ?? null };
	}

	const publish = (modelFileId: number): void =>
		seam.events.publish({ type: 'model-state', state: state(modelFileId) });

	async function stop(slot: Slot): Promise<void> {
		if (slots.get(slot.modelFileId) === slot) slots.delete(slot.modelFileId);
		await slot.model.engine.stop();
		publish(slot.modelFileId);
	}

	async function makeRoom(file: ModelFile, signal: AbortSignal): Promise<void> {
		for (;;) {
			const slot = toUnload([...slots.values()], neededBytes(file), totalBytes());
			if (slot === null) return;
			await slot.idle(signal);
			if (slots.get(slot.modelFileId) === slot) await stop(slot);
		}
	}

	async function load(
		file: ModelFile,
		requested: AcquireOptions,
		signal: AbortSignal,
		onProgress: (progress: LoadProgress) => void,
	): Promise<Slot> {
		const { id } = file;
		signal.throwIfAborted();
		await makeRoom(file, signal);
		const request = { path: file.path, options: wanted(requested), knownThreadTrials: knownThreadTrials(seam, id) };
		const model = await runtime.load(request, { signal, onProgress });
		if (signal.aborted) {
			await model.engine.stop();
			throw signal.reason;
		}
		keepThreadTrials(seam, id, model.engine.capabilities().threadTrials);
		const slot = createSlot(id, model, requested, () => {
			if (slots.get(id) === slot) publish(id);
		});
		slots.set(id, slot);
		model.onEnd((failure) => {
			if (slots.get(id) !== slot) return;
			slots.delete(id);
			if (failure !== null) failures.set(id, failure);
			publish(id);
		});
		return slot;
	}

	function begin(file: ModelFile, requested: AcquireOptions): Loading {
		const { id } = file;
		requireMemory(file, totalBytes());
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
				// Cancelled on purpose: nothing is wrong with the model.
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

	async function acquire(file: ModelFile, options: AcquireOptions, hooks: AcquireHooks = {}): Promise<Engine> {
		const signal = AbortSignal.any([closing.signal, ...(hooks.signal === undefined ? [] : [hooks.signal])]);
		for (;;) {
			signal.throwIfAborted();
			const slot = slots.get(file.id);
			const loading = loads.get(file.id);
			if (slot !== undefined) {
				if (serves(slot.requested, options, slot.engine.capabilities())) {
					slot.touch();
					return slot.engine;
				}
				await slot.idle(signal);
				if (slots.get(file.id) === slot) await stop(slot);
			} else if (loading === undefined || (!loading.isEnding() && serves(loading.requested, options))) {
				const loaded = await (loading ?? begin(file, options)).join({ ...hooks, signal });
				loaded.touch();
				return loaded.engine;
			} else await Promise.race([loading.settled, rejection(signal)]);
		}
	}

	return {
		acquire,
		state,
		async unload(modelFileId) {
			const slot = slots.get(modelFileId);
			if (slot?.isBusy() === true) {
				throw new Failure({
					code: 'model-busy',
					message: 'The model is answering right now.',
					next: ['Stop the answer, then unload the model', 'Wait until it has ended'],
				});
			}
			const loading = loads.get(modelFileId);
			loading?.cancel(loadCancelled());
			await loading?.settled;
			if (slot !== undefined) await stop(slot);
			failures.delete(modelFileId);
			return state(modelFileId);
		},
		async close() {
			closing.abort(loadCancelled());
			await Promise.all([...loads.values()].map(({ settled }) => settled));
			await Promise.all([...slots.values()].map(stop));
			await runtime.close();
		},
	};
}

/** Rejects with the signal's reason. */
function rejection(signal: AbortSignal): Promise<never> {
	return new Promise((_, reject) => {
		signal.addEventListener('abort', () => reject(signal.reason), { once: true });
	});
}
