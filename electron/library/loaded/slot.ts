import { setTimeout as wait } from 'node:timers/promises';
import type { GenerateRequest, GenerationEvent } from '../../../models/contract/generation.ts';
import type { Engine } from '../../../models/engine.ts';
import type { AcquireOptions } from '../model-service.ts';
import type { LoadedModel } from './runtime.ts';

/** An engine that was handed out a moment ago is about to be used: it is not taken away before that. */
const graceMs = 500;

/** A loaded model and who uses it. */
export interface Slot {
	readonly modelFileId: number;
	readonly model: LoadedModel;
	/** What it was asked to be loaded with. */
	readonly requested: AcquireOptions;
	/** For users: counts what runs. */
	readonly engine: Engine;
	isBusy(): boolean;
	lastUsed(): number;
	/** Counts as a use from now on. */
	touch(): void;
	/** Resolves when nothing runs and nobody was handed the engine just now. */
	idle(signal: AbortSignal): Promise<void>;
}

/** `onBusy` hears whenever the model begins to work or comes to rest. */
export function createSlot(
	modelFileId: number,
	model: LoadedModel,
	requested: AcquireOptions,
	onBusy: () => void,
): Slot {
	let running = 0;
	let lastUsed = performance.now();
	let rested = Promise.withResolvers<void>();

	function begin(): void {
		running += 1;
		lastUsed = performance.now();
		if (running > 1) return;
		rested = Promise.withResolvers<void>();
		onBusy();
	}

	function end(): void {
		running -= 1;
		lastUsed = performance.now();
		if (running > 0) return;
		rested.resolve();
		onBusy();
	}

	async function counted<T>(work: () => Promise<T>): Promise<T> {
		begin();
		try {
			return await work();
		} finally {
			end();
		}
	}

	async function* generate(request: GenerateRequest, signal?: AbortSignal): AsyncGenerator<GenerationEvent> {
		begin();
		try {
			yield* model.engine.generate(request, signal);
		} finally {
			end();
		}
	}

	return {
		modelFileId,
		model,
		requested,
		engine: {
			capabilities: () => model.engine.capabilities(),
			tokenize: (text) => counted(() => model.engine.tokenize(text)),
			render: (turns) => counted(() => model.engine.render(turns)),
			generate,
			stop: () => model.engine.stop(),
		},
		isBusy: () => running > 0,
		lastUsed: () => lastUsed,
		touch() {
			lastUsed = performance.now();
		},
		async idle(signal) {
			for (;;) {
				signal.throwIfAborted();
				if (running > 0) await Promise.race([rested.promise, aborted(signal)]);
				const left = lastUsed + graceMs - performance.now();
				if (running === 0 && left <= 0) return;
				if (left > 0) await wait(left, undefined, { signal }).catch(() => {});
			}
		},
	};
}

/** Resolves after an abort. */
function aborted(signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
