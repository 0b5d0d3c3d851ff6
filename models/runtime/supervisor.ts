import { whenAborted } from '../abort-signal.ts';
import { createAsyncQueue } from '../async-queue.ts';
import { type Failure, type FailureFacts, failureFacts } from '../contract/failure.ts';
import type { GenerateRequest, GenerationEvent } from '../contract/generation.ts';
import type { Capabilities, LoadProgress } from '../contract/load.ts';
import { type Engine, forwardEngine } from '../engine.ts';
import { restartBudgetFailure, unloadedFailure } from './crash-failures.ts';
import type { HeartbeatTimes } from './hang-detection.ts';
import type { WorkerLauncher } from './launcher.ts';
import type { LoadRequest } from './protocol.ts';
import { stoppedResult } from './stopped-result.ts';
import { type Session, startSession } from './worker-session.ts';

export type SupervisorEvent =
	| { readonly type: 'loading'; readonly progress: LoadProgress }
	| { readonly type: 'loaded'; readonly capabilities: Capabilities }
	/** The thread count was measured again. */
	| { readonly type: 'capabilities'; readonly capabilities: Capabilities }
	/** The model could not be loaded, initially or after a crash. */
	| { readonly type: 'load-failed'; readonly failure: FailureFacts }
	/** The process died with the model loaded; it restarts when next needed. */
	| { readonly type: 'crashed'; readonly failure: FailureFacts }
	| { readonly type: 'busy'; readonly busy: boolean }
	| { readonly type: 'resident-bytes'; readonly bytes: number };

export interface SupervisorOptions {
	readonly launcher: WorkerLauncher;
	readonly request: LoadRequest;
	readonly heartbeat: HeartbeatTimes;
	/** Checks the file before a process starts for it; throws a Failure. */
	readonly checkFile: (path: string) => Promise<void>;
	readonly emit: (event: SupervisorEvent) => void;
	readonly log: (line: string) => void;
}

export interface Supervisor extends Engine {
	/** Starts the worker and loads the model, unless it is running; resets the crash count. */
	start(): Promise<void>;
}

/** Automatic restarts after crashes; then a person must decide. */
export const maxRestarts = 5;

/** A worker that does not respond to an abort in this time is stuck in something uncancellable and is ended, ms. */
const abortGraceMs = 2000;

/** Changes of resident memory worth reporting. */
const residentStepBytes = 8 * 2 ** 20;

/** Keeps one model in one worker process: starts it when needed, and again after a crash, a limited number of times. */
export function createSupervisor(options: SupervisorOptions): Supervisor {
	const { launcher, emit, log } = options;
	let { request } = options;
	let session: Promise<Session> | undefined;
	let capabilities: Capabilities | undefined;
	let crashes = 0;
	let lastCrash: Failure | undefined;
	let stopped = false;
	let residentBytes = 0;
	let running = 0;
	/** A process that is still loading its model. */
	let starting: Session | undefined;
	/** Fulfilled once the previous process is gone, so that memory for two is never needed. */
	let ending: Promise<void> = Promise.resolve();

	/** Only a process with a loaded model can crash; an earlier end is a failed load. */
	const open = async (): Promise<Session> => {
		if (stopped) throw unloadedFailure();
		if (lastCrash && crashes > maxRestarts) throw restartBudgetFailure(maxRestarts, lastCrash);
		try {
			emit({ type: 'loading', progress: { stage: 'starting', fraction: null } });
			await options.checkFile(request.path);
			if (stopped) throw unloadedFailure();
			const opened = startSession(launcher, currentRequest(), options.heartbeat, {
				progress: (progress) => emit({ type: 'loading', progress }),
				capabilities: tell,
				beat({ residentBytes: bytes }) {
					if (Math.abs(bytes - residentBytes) < residentStepBytes) return;
					residentBytes = bytes;
					emit({ type: 'resident-bytes', bytes });
				},
				log,
			});
			starting = opened;
			capabilities = await opened.ready;
			if (stopped) throw unloadedFailure();
			residentBytes = capabilities.residentBytes;
			emit({ type: 'loaded', capabilities });
			return opened;
		} catch (error) {
			const reason = stopped ? unloadedFailure() : error;
			if (!stopped) emit({ type: 'load-failed', failure: failureFacts(reason) });
			throw reason;
		} finally {
			starting = undefined;
		}
	};

	/** A restart after a crash reuses earlier measurements. */
	const currentRequest = (): LoadRequest => {
		if (capabilities === undefined || capabilities.threadTrials.length === 0) return request;
		const measured = { [capabilities.engine ?? 'c-api']: capabilities.threadTrials };
		return { ...request, knownThreadTrials: { ...request.knownThreadTrials, ...measured } };
	};

	const tell = (changed: Capabilities): void => {
		capabilities = changed;
		emit({ type: 'capabilities', capabilities: changed });
	};

	const noteCrash = (failure: Failure): void => {
		crashes += 1;
		lastCrash = failure;
		log(`${request.path}: ${failure.message}`);
		emit({ type: 'crashed', failure: failure.facts() });
	};

	const current = (): Promise<Session> => {
		if (session) return session;
		const opening = ending.then(open);
		session = opening;
		const forget = (): void => {
			if (session === opening) session = undefined;
		};
		opening.then(async (opened) => {
			const failure = await opened.ended;
			forget();
			if (failure && !stopped) noteCrash(failure);
		}, forget);
		return opening;
	};

	/** Ends a process that is stuck in something uncancellable. Not a crash; the next request gets a new process. */
	const discard = (opened: Session): void => {
		log(`${request.path}: the worker did not answer an abort within ${abortGraceMs} ms and was ended`);
		session = undefined;
		ending = opened.kill();
	};

	const busy = (change: 1 | -1): void => {
		running += change;
		if (running === (change === 1 ? 1 : 0)) emit({ type: 'busy', busy: running > 0 });
	};

	async function* run(generateRequest: GenerateRequest, signal: AbortSignal | undefined) {
		const began = performance.now();
		const opening = current();
		const aborted = whenAborted(signal);
		const opened = await Promise.race([opening, aborted]);
		if (opened === undefined) {
			opening.catch(() => {});
			yield stoppedResult(began);
			return;
		}
		const queue = createAsyncQueue<GenerationEvent>();
		let over = false;
		const take = (event: GenerationEvent): void => {
			if (over) return;
			queue.push(event);
			if (event.type !== 'done' && event.type !== 'failed') return;
			over = true;
			queue.end();
		};
		let tokensSent = 0;
		const abort = opened.generate(generateRequest, (event) => {
			if (event.type === 'tokens') tokensSent += event.count;
			take(event);
		});
		let force: NodeJS.Timeout | undefined;
		const onAbort = (): void => {
			abort();
			force = setTimeout(() => {
				take(stoppedResult(began, tokensSent));
				discard(opened);
			}, abortGraceMs);
		};
		if (signal?.aborted) onAbort();
		else signal?.addEventListener('abort', onAbort, { once: true });
		try {
			yield* queue.read();
		} finally {
			clearTimeout(force);
			signal?.removeEventListener('abort', onAbort);
			// The reader left without an abort, so the rest is not needed.
			if (!over) abort();
			over = true;
		}
	}

	const methods = forwardEngine({
		call: async (name, args) => (await current()).call(name, args),
		notify(name, args) {
			// Does not start a process, because no answer was requested.
			void session?.then(
				(opened) => opened.notify(name, args),
				() => {},
			);
		},
	});

	return {
		async start() {
			crashes = 0;
			await current();
		},
		capabilities() {
			if (!capabilities) throw unloadedFailure();
			return capabilities;
		},
		...methods,
		async setAdapters(adapters) {
			await methods.setAdapters(adapters);
			// A process that restarts after a crash gets them too.
			request = { ...request, options: { ...request.options, adapters: [...adapters] } };
		},
		async *generate(generateRequest, signal) {
			busy(1);
			try {
				yield* run(generateRequest, signal);
			} catch (error) {
				yield { type: 'failed', failure: failureFacts(error) };
			} finally {
				busy(-1);
			}
		},
		async stop() {
			stopped = true;
			const opening = session;
			await starting?.quit();
			await (await opening?.catch(() => undefined))?.quit();
		},
	};
}
