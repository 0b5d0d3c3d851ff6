import { setTimeout as wait } from 'node:timers/promises';
import type { FailureFacts } from '../../../models/contract/failure.ts';
import type { GenerateRequest, GenerationEvent } from '../../../models/contract/generation.ts';
import type { LoadOptions, LoadProgress } from '../../../models/contract/load.ts';
import type { Engine } from '../../../models/engine.ts';
import type { AcquireOptions } from '../model-service.ts';

/** An engine that was handed out a moment ago is about to be used: it is not taken away before that. */
const graceMs = 500;

/** How the process of a model that was loaded once is. */
type ProcessPhase =
	| { readonly kind: 'ready' }
	/** Its process ended by itself; the next use starts another. */
	| { readonly kind: 'crashed'; readonly failure: FailureFacts }
	| { readonly kind: 'restarting'; readonly progress: LoadProgress };

/** A model in memory and who uses it. */
export interface ModelSlot {
	readonly modelFileId: number;
	/** What it was asked to be loaded with. */
	readonly requested: AcquireOptions;
	/** What it is loaded with. */
	readonly options: LoadOptions;
	/** Of its file: mapped, not copied. */
	readonly weightBytes: number;
	/** For users: counts what runs. */
	readonly engine: Engine;
	phase: ProcessPhase;
	residentBytes: number;
	isBusy(): boolean;
	lastUsed(): number;
	/** Counts as a use from now on. */
	touch(): void;
	/** Resolves when the process is there, started again after a crash if the budget allows. */
	wake(): Promise<void>;
	/** Resolves when nothing runs and nobody was handed the engine just now. */
	idle(signal: AbortSignal): Promise<void>;
}

/** `onBusy` hears whenever the model begins to work or comes to rest. */
export function createModelSlot(
	modelFileId: number,
	inner: Engine,
	asked: Pick<ModelSlot, 'requested' | 'options' | 'weightBytes'>,
	stop: () => Promise<void>,
	onBusy: () => void,
): ModelSlot {
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
			yield* inner.generate(request, signal);
		} finally {
			end();
		}
	}

	const slot: ModelSlot = {
		modelFileId,
		...asked,
		engine: {
			capabilities: () => inner.capabilities(),
			tokenize: (text) => counted(() => inner.tokenize(text)),
			render: (turns) => counted(() => inner.render(turns)),
			// Somebody types: no use of the model that would make another one wait, or keep it in memory.
			countTokens: (request) => inner.countTokens(request),
			prepare: (request) => inner.prepare(request),
			setAdapters: (adapters) => counted(() => inner.setAdapters(adapters)),
			generate,
			stop,
		},
		phase: { kind: 'ready' },
		residentBytes: inner.capabilities().residentBytes,
		isBusy: () => running > 0,
		lastUsed: () => lastUsed,
		touch() {
			lastUsed = performance.now();
		},
		async wake() {
			// The smallest request there is: it starts the process as any other would, and counts against its restarts.
			await inner.tokenize('');
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
	return slot;
}

/** Resolves after an abort. */
function aborted(signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
