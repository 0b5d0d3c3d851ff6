import { z } from 'zod';
import { Failure, type FailureFacts, failureSchema } from '../../models/contract/failure.ts';
import { figure, said } from '../../models/contract/said.ts';
import { type ParserProcess, type ParserProgram, startParser } from './parser-process.ts';
import { type ParserLimits, ParserStopped } from './parser-stopped.ts';
import type { ToWorker } from './worker-port.ts';

/** How a task and the application talk while it runs. */
export interface ParserControl {
	readonly signal?: AbortSignal | undefined;
	/** Contents of a file that is not on disk. */
	readonly bytes?: Uint8Array | undefined;
	/** Receives every message but the last; may answer it, and throws if it is none of the task's. */
	readonly onMessage?: (message: { readonly type: string }, reply: (message: object) => void) => void;
	/** Returns true while an answer is being generated, which takes precedence over parsing. */
	readonly answering?: () => boolean;
	/**
	 * true: an abort asks the parser to stop, and ends it only if it then gives no sign of life. false: an abort ends
	 * it at once.
	 */
	readonly stopsItself?: boolean;
}

/** Parser processes that run tasks, each one task at a time. */
export interface ParserPool {
	/**
	 * Resolves with the result of a task. Rejects with the task's Failure, with ParserStopped if the process exceeded a
	 * limit or died, and with the signal's reason if an abort ended it.
	 */
	run(task: object, control?: ParserControl): Promise<unknown>;
	close(): Promise<void>;
}

/** Time an idle process waits for the next task, ms: starting one takes longer than reading a small file. */
const idleMs = 15_000;

/** A process with more memory than this after its task is not kept, bytes. */
const keptBytes = 256 * 1024 * 1024;

/** Time a parser has to stop by itself after an abort, ms. */
const patienceMs = 3_000;

/** Interval at which a parser learns whether an answer is being generated, ms. */
const answeringPollMs = 50;

const anyMessageSchema = z.looseObject({ type: z.string() });
const lastMessageSchema = z.discriminatedUnion('type', [
	z.object({ type: z.literal('done'), result: z.unknown(), residentBytes: z.number() }),
	z.object({ type: z.literal('failed'), failure: failureSchema, residentBytes: z.number() }),
]);

interface Running {
	readonly parser: ParserProcess;
	/** Receives the messages of the task at hand. */
	take: (message: unknown) => void;
	/** Learns that the process has ended during the task at hand. */
	died: (stopped: ParserStopped) => void;
}

/** Between tasks; a callback of an earlier one would keep its result in memory. */
const noTask = { take: () => {}, died: () => {} } satisfies Partial<Running>;

/** `limits` hold for each task. */
export function createParserPool(program: ParserProgram, limits: ParserLimits): ParserPool {
	/** At most one. */
	let idle: { readonly running: Running; readonly timer: NodeJS.Timeout } | null = null;
	const all = new Set<Running>();
	let closed = false;

	function start(): Running {
		const running: Running = {
			parser: startParser(program, limits, (message) => running.take(message)),
			...noTask,
		};
		all.add(running);
		void running.parser.ended.then((stopped) => {
			all.delete(running);
			running.died(stopped);
			if (idle?.running !== running) return;
			clearTimeout(idle.timer);
			idle = null;
		});
		return running;
	}

	function obtain(): Running {
		if (closed) throw new Error('the parser processes are closed');
		if (idle === null) return start();
		const { running, timer } = idle;
		clearTimeout(timer);
		idle = null;
		running.parser.hold(true);
		return running;
	}

	function putBack(running: Running, residentBytes: number): void {
		Object.assign(running, noTask);
		if (!all.has(running)) return;
		if (closed || idle !== null || residentBytes > keptBytes) {
			end(running);
			return;
		}
		// An idle process must not keep this one alive.
		running.parser.hold(false);
		const timer = setTimeout(() => {
			// It ends a moment later; a task that comes before that must not get it.
			idle = null;
			end(running);
		}, idleMs);
		timer.unref();
		idle = { running, timer };
	}

	return {
		async run(task, control = {}) {
			control.signal?.throwIfAborted();
			const running = obtain();
			const { outcome, residentBytes } = await perform(running, task, control, limits);
			putBack(running, residentBytes);
			return outcome();
		},
		async close() {
			closed = true;
			if (idle !== null) clearTimeout(idle.timer);
			idle = null;
			const ending = [...all];
			for (const running of ending) end(running);
			await Promise.all(ending.map(({ parser }) => parser.ended));
		},
	};
}

function end({ parser }: Running): void {
	parser.hold(true);
	parser.stop(new ParserStopped('died', said`it is no longer needed`));
}

interface Performed {
	/** Returns the result or throws. */
	readonly outcome: () => unknown;
	/** Memory of the process after the task; infinite if it has ended. */
	readonly residentBytes: number;
}

async function perform(
	running: Running,
	task: object,
	{ signal, bytes, onMessage, answering = () => false, stopsItself = false }: ParserControl,
	{ memoryMb, silenceMs }: ParserLimits,
): Promise<Performed> {
	const { parser } = running;
	const { promise, resolve } = Promise.withResolvers<Performed>();
	const say = (message: ToWorker | object): void => parser.send(message);
	let silence: NodeJS.Timeout | undefined;
	let cancelled = false;
	function expectLife(): void {
		clearTimeout(silence);
		silence = setTimeout(giveUp, cancelled ? patienceMs : silenceMs);
	}
	function giveUp(): void {
		const why = said`made no progress for ${(silenceMs / 1000).toLocaleString('en')} s`;
		parser.stop(cancelled ? new ParserStopped('died', said`it was cancelled`) : new ParserStopped('time', why));
	}
	function cancel(): void {
		cancelled = true;
		if (stopsItself) {
			expectLife();
			say({ type: 'cancel' });
		} else giveUp();
	}
	const notAMessage = (): void => parser.stop(new ParserStopped('died', said`it sent an invalid message`));
	running.take = (message) => {
		const last = lastMessageSchema.safeParse(message).data;
		if (last?.type === 'done') {
			return resolve({ outcome: () => last.result, residentBytes: last.residentBytes });
		}
		if (last?.type === 'failed') {
			return resolve({ outcome: () => fail(last.failure, memoryMb), residentBytes: last.residentBytes });
		}
		const other = anyMessageSchema.safeParse(message).data;
		if (other === undefined) return notAMessage();
		expectLife();
		try {
			onMessage?.(other, say);
		} catch {
			notAMessage();
		}
	};
	running.died = (stopped) => {
		const error: unknown = cancelled ? (signal?.reason ?? stopped) : stopped;
		resolve({
			outcome: () => {
				throw error;
			},
			residentBytes: Number.POSITIVE_INFINITY,
		});
	};
	signal?.addEventListener('abort', cancel, { once: true });
	expectLife();
	parser.send({ type: 'task', task } satisfies ToWorker, bytes);
	let reported = false;
	const poll = setInterval(() => {
		if (answering() === reported) return;
		reported = !reported;
		say({ type: 'answering', value: reported });
	}, answeringPollMs);
	try {
		return await promise;
	} finally {
		clearTimeout(silence);
		clearInterval(poll);
		signal?.removeEventListener('abort', cancel);
	}
}

/** A library that catches no error of an allocation passes it on as its own. */
function fail(failure: FailureFacts, memoryMb: number): never {
	if (failure.code === 'internal' && /allocation failed|out of memory/i.test(failure.message)) {
		throw new ParserStopped('memory', said`takes more than ${figure(memoryMb)} MB of memory to read`);
	}
	throw new Failure(failure);
}
