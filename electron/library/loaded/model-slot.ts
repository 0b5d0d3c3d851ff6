import { setTimeout as wait } from 'node:timers/promises';
import { orAborted } from '../../../models/abort-signal.ts';
import type { FailureFacts } from '../../../models/contract/failure.ts';
import type { GenerationEvent } from '../../../models/contract/generation.ts';
import type { LoadOptions, LoadProgress } from '../../../models/contract/load.ts';
import { callEngine, type Engine, forwardEngine } from '../../../models/engine.ts';
import type { AcquireOptions } from '../model-service.ts';

/** An engine that was just handed out is about to be used, so it is not taken away for this long, ms. */
const graceMs = 500;

/** Questions about text, answered in milliseconds: whoever unloads the model waits for them and is not refused. */
const shortQuestions: ReadonlySet<string> = new Set(['tokenize', 'detokenize', 'tokenizer', 'render']);

/** State of the process of a model that was loaded once. */
type ProcessPhase =
	| { readonly kind: 'ready' }
	/** The process ended by itself; the next use starts another. */
	| { readonly kind: 'crashed'; readonly failure: FailureFacts }
	| { readonly kind: 'restarting'; readonly progress: LoadProgress };

/** A model in memory and its uses. */
export interface ModelSlot {
	readonly modelFileId: number;
	/** Options that were requested. */
	readonly requested: AcquireOptions;
	/** Options that it is loaded with. */
	readonly options: LoadOptions;
	/** Bytes of the file's weights, which are mapped, not copied. */
	readonly weightBytes: number;
	/** Engine for users; it counts running work. */
	readonly engine: Engine;
	/** Engine for what nobody waits for: its answers don't make the model busy, and end when it is unloaded. */
	readonly background: Engine;
	phase: ProcessPhase;
	residentBytes: number;
	/** Whether it answers or computes; short questions about text don't count. */
	isBusy(): boolean;
	lastUsed(): number;
	/** Counts as a use now. */
	touch(): void;
	/** Resolves once the process runs, restarted after a crash if the budget allows. */
	wake(): Promise<void>;
	/** Ends what runs in the background; resolves once nothing runs. Rejects with the signal's reason. */
	finished(signal: AbortSignal): Promise<void>;
	/** Resolves once nothing runs and the engine was not handed out just now. */
	idle(signal: AbortSignal): Promise<void>;
}

/** `onBusy` is called whenever the model starts or stops working. */
export function createModelSlot(
	modelFileId: number,
	inner: Engine,
	asked: Pick<ModelSlot, 'requested' | 'options' | 'weightBytes'>,
	stop: () => Promise<void>,
	onBusy: () => void,
): ModelSlot {
	/** Calls that run, short questions among them. */
	let running = 0;
	/** Those that make the model busy. */
	let working = 0;
	let lastUsed = performance.now();
	let giveWay = new AbortController();
	let becameIdle = Promise.withResolvers<void>();

	function begin(isWork: boolean): void {
		lastUsed = performance.now();
		running += 1;
		if (running === 1) becameIdle = Promise.withResolvers<void>();
		if (!isWork) return;
		working += 1;
		if (working === 1) onBusy();
	}

	function end(isWork: boolean): void {
		lastUsed = performance.now();
		running -= 1;
		if (running === 0) becameIdle.resolve();
		if (!isWork) return;
		working -= 1;
		if (working === 0) onBusy();
	}

	async function call(name: string, run: () => Promise<unknown>): Promise<unknown> {
		const isWork = !shortQuestions.has(name);
		begin(isWork);
		try {
			return await run();
		} finally {
			end(isWork);
		}
	}

	async function* generate(
		isWork: boolean,
		...request: Parameters<Engine['generate']>
	): AsyncGenerator<GenerationEvent> {
		begin(isWork);
		try {
			yield* inner.generate(...request);
		} finally {
			end(isWork);
		}
	}

	async function finished(signal: AbortSignal): Promise<void> {
		signal.throwIfAborted();
		giveWay.abort(new Error('the model is unloaded'));
		giveWay = new AbortController();
		if (running > 0) await orAborted(becameIdle.promise, signal);
	}

	const engine: Engine = {
		...forwardEngine({
			call: (name, args) => call(name, () => callEngine(inner, name, args)),
			notify: (name, args) => callEngine(inner, name, args),
		}),
		// The user is typing: this use neither makes another model wait nor keeps this one in memory.
		countTokens: (request) => inner.countTokens(request),
		capabilities: () => inner.capabilities(),
		generate: (...request) => generate(true, ...request),
		stop,
	};
	const slot: ModelSlot = {
		modelFileId,
		...asked,
		engine,
		background: {
			...engine,
			generate(request, signal) {
				const signals = [giveWay.signal, ...(signal === undefined ? [] : [signal])];
				return generate(false, request, AbortSignal.any(signals));
			},
		},
		phase: { kind: 'ready' },
		residentBytes: inner.capabilities().residentBytes,
		isBusy: () => working > 0,
		lastUsed: () => lastUsed,
		touch() {
			lastUsed = performance.now();
		},
		async wake() {
			// The smallest possible request: it starts the process as any other would, and counts against its restarts.
			await inner.tokenize('');
		},
		finished,
		async idle(signal) {
			for (;;) {
				await finished(signal);
				const left = lastUsed + graceMs - performance.now();
				if (running === 0 && left <= 0) return;
				if (left > 0) await wait(left, undefined, { signal }).catch(() => {});
			}
		},
	};
	return slot;
}
