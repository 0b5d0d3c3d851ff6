import type { z } from 'zod';
import { Failure } from '../contract/failure.ts';
import type { GenerateRequest, GenerationEvent } from '../contract/generation.ts';
import type { Capabilities, LoadProgress } from '../contract/load.ts';
import { type CallName, engineMethods, type NoticeName } from '../engine.ts';
import {
	crashFailure,
	crashWhileLoadingFailure,
	hungFailure,
	protocolFailure,
	startFailure,
} from './crash-failures.ts';
import { type HeartbeatTimes, watchHeartbeat } from './hang-detection.ts';
import type { WorkerExit, WorkerLauncher } from './launcher.ts';
import { type FromWorker, type HeartbeatFrame, type LoadRequest, protocolVersion } from './protocol.ts';

export interface SessionHooks {
	progress(progress: LoadProgress): void;
	beat(beat: HeartbeatFrame): void;
	/** Called after the worker measured its thread count again. */
	capabilities(capabilities: Capabilities): void;
	log(line: string): void;
}

interface Waiting {
	/** Schema of its results or events. */
	readonly schema: z.ZodType;
	take(answer: unknown): void;
	fail(failure: Failure): void;
}

/** One worker process with one model, from start to end. */
export interface Session {
	/** Fulfilled when the model is loaded; rejects with a Failure that says why it can't be loaded. */
	readonly ready: Promise<Capabilities>;
	/** Fulfilled when the process is gone: with the failure, or with null if it was asked to quit. */
	readonly ended: Promise<Failure | null>;
	/** Calls a method of the worker's engine and checks the answer with the method's schema. */
	call(name: CallName, args: readonly unknown[]): Promise<unknown>;
	/** Calls a method that has no answer. */
	notify(name: NoticeName, args: readonly unknown[]): void;
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

	const takeFrame = (frame: FromWorker): void => {
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
			case 'result':
				answer(frame.id, frame.value);
				break;
			case 'event':
				answer(frame.id, frame.event);
				break;
			case 'engine':
				// Only a check asks for it (check-engine.ts).
				break;
		}
	};

	/** Passes on values that match the method's schema; any other value ends the process, like a malformed frame. */
	const answer = (id: number, value: unknown): void => {
		const waiter = waiting.get(id);
		const checked = waiter?.schema.safeParse(value);
		if (checked === undefined) return;
		if (checked.success) waiter?.take(checked.data);
		else end(protocolFailure(checked.error.message));
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
			takeFrame(frame);
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

	/** Sends a call; returns its id. */
	const send = (name: keyof typeof engineMethods, args: readonly unknown[], waiter: Waiting | null): number => {
		lastId += 1;
		if (gone) waiter?.fail(gone);
		else {
			if (waiter !== null) waiting.set(lastId, waiter);
			// On its way, undefined at the end of a list would become null, which the worker refuses.
			const given = args.slice(0, Math.max(1, args.findLastIndex((one) => one !== undefined) + 1));
			worker.send({ type: 'call', id: lastId, method: name, args: given });
		}
		return lastId;
	};

	return {
		ready: ready.promise,
		ended: ended.promise,
		call: (name, args) =>
			new Promise((resolve, reject) => {
				const id = send(name, args, {
					schema: engineMethods[name].result,
					take(value) {
						waiting.delete(id);
						resolve(value);
					},
					fail: reject,
				});
			}),
		notify: (name, args) => void send(name, args, null),
		generate(request, take) {
			const id = send('generate', [request], {
				schema: engineMethods.generate.event,
				take(value) {
					const event = value as GenerationEvent;
					if (event.type === 'done' || event.type === 'failed') waiting.delete(id);
					take(event);
				},
				fail: (failure) => take({ type: 'failed', failure: failure.facts() }),
			});
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
