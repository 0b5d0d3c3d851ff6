import { Failure } from '../contract/failure.ts';
import type {
	ContextUsage,
	CountTokensRequest,
	GenerateRequest,
	GenerationEvent,
	PrepareRequest,
	RenderedPrompt,
	Turn,
} from '../contract/generation.ts';
import type { Capabilities, LoadProgress, LoraAdapter } from '../contract/load.ts';
import {
	crashFailure,
	crashWhileLoadingFailure,
	hungFailure,
	protocolFailure,
	startFailure,
} from './crash-failures.ts';
import { type HeartbeatTimes, watchHeartbeat } from './hang-detection.ts';
import type { WorkerExit, WorkerLauncher } from './launcher.ts';
import { type FromWorker, type HeartbeatFrame, type LoadRequest, protocolVersion, type ToWorker } from './protocol.ts';

export interface SessionHooks {
	progress(progress: LoadProgress): void;
	beat(beat: HeartbeatFrame): void;
	/** Called after the worker measured its thread count again. */
	capabilities(capabilities: Capabilities): void;
	log(line: string): void;
}

interface Waiting {
	answer(frame: FromWorker): void;
	fail(failure: Failure): void;
}

/** One worker process with one model, from start to end. */
export interface Session {
	/** Fulfilled when the model is loaded; rejects with a Failure that says why it can't be loaded. */
	readonly ready: Promise<Capabilities>;
	/** Fulfilled when the process is gone: with the failure, or with null if it was asked to quit. */
	readonly ended: Promise<Failure | null>;
	tokenize(text: string): Promise<number[]>;
	render(turns: readonly Turn[]): Promise<RenderedPrompt>;
	measure(request: CountTokensRequest): Promise<ContextUsage>;
	prepare(request: PrepareRequest): void;
	setAdapters(adapters: readonly LoraAdapter[]): Promise<void>;
	/**
	 * Passes events to `take` until `done` or `failed`; `failed` also if the process ends. Returns a function that
	 * aborts the generation.
	 */
	generate(request: GenerateRequest, take: (event: GenerationEvent) => void): () => void;
	/** Asks the process to quit, and kills it if it does not quit in time. Not a crash. */
	quit(): Promise<void>;
	/** Kills the process at once. Not a crash. */
	kill(): Promise<void>;
}

/** Time between the request to quit and the kill: enough to write the state of a conversation. */
const quitGraceMs = 3000;

export function startSession(
	launcher: WorkerLauncher,
	loadRequest: LoadRequest,
	times: HeartbeatTimes,
	hooks: SessionHooks,
): Session {
	const ready = Promise.withResolvers<Capabilities>();
	const ended = Promise.withResolvers<Failure | null>();
	// Callers that wait for it still see the failure; without any, it must not become an unhandled rejection.
	ready.promise.catch(() => {});
	const waiting = new Map<number, Waiting>();
	let lastId = 0;
	let state: 'greeting' | 'loading' | 'ready' | 'gone' = 'greeting';
	let quitting = false;
	/** The reason for which this side ended the process. */
	let verdict: Failure | undefined;
	/** Why the process no longer exists. */
	let gone: Failure | undefined;

	const end = (failure: Failure): void => {
		verdict ??= failure;
		worker.kill('SIGKILL');
	};

	const take = (frame: FromWorker): void => {
		switch (frame.type) {
			case 'hello':
				if (frame.protocol === protocolVersion) {
					state = 'loading';
					worker.send({ type: 'load', request: loadRequest });
				} else end(protocolFailure(`worker ${frame.protocol}, application ${protocolVersion}`));
				break;
			case 'progress':
				hooks.progress(frame.progress);
				break;
			case 'ready':
				state = 'ready';
				ready.resolve(frame.capabilities);
				break;
			case 'load-failed':
				end(new Failure(frame.failure));
				break;
			case 'capabilities':
				hooks.capabilities(frame.capabilities);
				break;
			case 'log':
				hooks.log(frame.text);
				break;
			case 'failed':
				waiting.get(frame.id)?.fail(new Failure(frame.failure));
				waiting.delete(frame.id);
				break;
			case 'tokens':
			case 'rendered':
			case 'measured':
			case 'adapted':
			case 'event':
				waiting.get(frame.id)?.answer(frame);
		}
	};

	const exitFailure = (exit: WorkerExit, startError: Error | undefined): Failure => {
		if (verdict) return verdict;
		if (startError) return startFailure(startError);
		return state === 'ready' ? crashFailure(exit) : crashWhileLoadingFailure(exit, loadRequest.path);
	};

	const heartbeat = watchHeartbeat(times, (what) => end(hungFailure(what)));
	const worker = launcher.launch({
		frame(frame) {
			heartbeat.frame();
			take(frame);
		},
		beat(beat) {
			heartbeat.beat(beat);
			hooks.beat(beat);
		},
		garbled(problem) {
			end(protocolFailure(problem));
		},
		exit(exit, startError) {
			heartbeat.stop();
			gone = exitFailure(exit, startError);
			state = 'gone';
			// The supervisor is told first, so that a caller who retries on failure gets a new process.
			ended.resolve(quitting ? null : gone);
			ready.reject(gone);
			for (const one of waiting.values()) one.fail(gone);
			waiting.clear();
		},
	});

	const request = (waiter: Waiting, frame: (id: number) => ToWorker): number => {
		lastId += 1;
		if (gone) waiter.fail(gone);
		else {
			waiting.set(lastId, waiter);
			worker.send(frame(lastId));
		}
		return lastId;
	};

	const ask = <T>(frame: (id: number) => ToWorker, read: (frame: FromWorker) => T | undefined): Promise<T> =>
		new Promise<T>((resolve, reject) => {
			const id = request(
				{
					answer(answer) {
						waiting.delete(id);
						const value = read(answer);
						if (value === undefined) reject(protocolFailure(`${answer.type} answers another question`));
						else resolve(value);
					},
					fail: reject,
				},
				frame,
			);
		});

	return {
		ready: ready.promise,
		ended: ended.promise,
		tokenize: (text) =>
			ask(
				(id) => ({ type: 'tokenize', id, text }),
				(frame) => (frame.type === 'tokens' ? frame.tokens : undefined),
			),
		render: (turns) =>
			ask(
				(id) => ({ type: 'render', id, turns: [...turns] }),
				(frame) => (frame.type === 'rendered' ? frame.prompt : undefined),
			),
		measure: (measureRequest) =>
			ask(
				(id) => ({ type: 'measure', id, request: measureRequest }),
				(frame) => (frame.type === 'measured' ? frame.measure : undefined),
			),
		prepare(prepareRequest) {
			if (!gone) worker.send({ type: 'prepare', request: prepareRequest });
		},
		async setAdapters(adapters) {
			await ask(
				(id) => ({ type: 'adapters', id, adapters: [...adapters] }),
				(frame) => (frame.type === 'adapted' ? true : undefined),
			);
		},
		generate(generateRequest, takeEvent) {
			const id = request(
				{
					answer(frame) {
						if (frame.type !== 'event') return;
						if (frame.event.type === 'done' || frame.event.type === 'failed') waiting.delete(id);
						takeEvent(frame.event);
					},
					fail: (failure) => takeEvent({ type: 'failed', failure: failure.facts() }),
				},
				(ownId) => ({ type: 'generate', id: ownId, request: generateRequest }),
			);
			return () => worker.send({ type: 'abort', id });
		},
		async quit() {
			quitting = true;
			worker.send({ type: 'quit' });
			// While it starts or loads, the worker may be in native code, and there is no state to save.
			const force = setTimeout(() => worker.kill('SIGKILL'), state === 'ready' ? quitGraceMs : 0);
			await ended.promise;
			clearTimeout(force);
		},
		async kill() {
			quitting = true;
			worker.kill('SIGKILL');
			await ended.promise;
		},
	};
}
