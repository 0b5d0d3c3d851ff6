import type { ChildProcess } from 'node:child_process';
import { Failure } from '../../contract/failure.ts';
import type { ContextUsage } from '../../contract/generation.ts';
import {
	type FromMeasure,
	fromMeasureSchema,
	type LikelihoodItem,
	type MeasuredLikelihood,
	type MeasuredRow,
	type MeasureFacts,
	type MeasureOptionsInput,
	type MeasurePrompt,
	type MeasureRow,
	type MeasureUsage,
	measureOptionsSchema,
	type NativeHeartbeat,
	type ToMeasure,
} from '../../contract/native/tasks.ts';
import { said } from '../../contract/said.ts';
import { diedFailure, type NativeProcessOptions, startNativeProcess, stuckFailure, stuckWatch } from '../process.ts';

export interface MeasurementOptions extends MeasureOptionsInput, NativeProcessOptions {
	/** Ends the process while it opens; later calls have their own signals. */
	signal?: AbortSignal;
	/** Receives CPU time and memory once a second. */
	onBeat?: (beat: NativeHeartbeat) => void;
}

export interface CallControl {
	/**
	 * Stops the call, even within a decode; it rejects with the signal's reason, and the session can answer the next
	 * call.
	 */
	signal?: AbortSignal;
}

export interface GenerateControl extends CallControl {
	/** Receives rows as they finish; those finished in the same decode come in row order. */
	onRow?(index: number, row: MeasuredRow): void;
}

/**
 * One model in a separate process. Answers calls one after another. A result depends only on inputs, options and thread
 * count: no step looks at the clock, and every shard starts from an empty cache. Every call throws Failure `native-process-died` or
 * `native-stalled` if the process is gone, and `measurement-closed` after `close`.
 */
export interface MeasurementSession {
	readonly facts: MeasureFacts;
	readonly processId: number;
	/**
	 * Answers one shard, starting with an empty cache; the result is in input order. A common prefix of the prompts is
	 * computed once. The same rows, options and threads give the same bits. A row that can't be answered does not
	 * affect the others.
	 */
	generate(rows: readonly MeasureRow[], control?: GenerateControl): Promise<readonly MeasuredRow[]>;
	/**
	 * Returns log-likelihoods as defined by lm-evaluation-harness, starting with an empty cache; a shared prefix is
	 * computed once.
	 */
	likelihood(items: readonly LikelihoodItem[], control?: CallControl): Promise<readonly MeasuredLikelihood[]>;
	/** Counts tokens of prompts, for estimates. Throws `no-chat-template` and `template-refused`. */
	count(prompts: readonly MeasurePrompt[], control?: CallControl): Promise<readonly number[]>;
	/**
	 * Measures how turns use a row's context, by the rules of a chat, and counts the tokens of texts without a template;
	 * no turns: only the texts. Throws what `count` throws.
	 */
	usage(request: MeasureUsage, control?: CallControl): Promise<ContextUsage>;
	/**
	 * Pauses the process between two decodes while something else needs the cores. Keeps state and results bit for bit.
	 */
	hold(held: boolean): void;
	/** Ends the process and waits for its exit. */
	close(): Promise<void>;
}

function unexpected(type: string): Error {
	return new Error(`the measuring process answered with “${type}”`);
}

/**
 * Starts a process, loads the model and waits until it can measure. Throws `native-process-died`, `model-load-failed`
 * and the other Failures of a file, `not-enough-memory`, `context-too-large`, or the signal's reason.
 */
export async function openMeasurement(options: MeasurementOptions): Promise<MeasurementSession> {
	const { signal: opening, onBeat, nodeBinary, entry, env, ...wished } = options;
	opening?.throwIfAborted();
	const parsed = measureOptionsSchema.parse(wished);
	const place = {
		...(nodeBinary === undefined ? {} : { nodeBinary }),
		...(entry === undefined ? {} : { entry }),
		...(env === undefined ? {} : { env }),
	};
	const connection = new Connection(place, onBeat);
	let lastId = 0;
	const nextId = (): number => {
		lastId += 1;
		return lastId;
	};

	let facts: MeasureFacts;
	try {
		const opened = await connection.ask({ type: 'open', options: parsed }, { signal: opening });
		if (opened.type !== 'opened') throw unexpected(opened.type);
		facts = opened.facts;
	} catch (error) {
		connection.kill(error);
		await connection.ended;
		throw error;
	}

	return {
		facts,
		processId: connection.child.pid ?? 0,
		async generate(rows, { signal, onRow } = {}) {
			const answer = await connection.ask(
				{ type: 'generate', id: nextId(), rows: [...rows] },
				{ signal, onRow: (index, row) => onRow?.(index, row) },
			);
			if (answer.type !== 'rows') throw unexpected(answer.type);
			return answer.rows;
		},
		async likelihood(items, { signal } = {}) {
			const answer = await connection.ask({ type: 'likelihood', id: nextId(), items: [...items] }, { signal });
			if (answer.type !== 'likelihoods') throw unexpected(answer.type);
			return answer.items;
		},
		async count(prompts, { signal } = {}) {
			const answer = await connection.ask({ type: 'count', id: nextId(), prompts: [...prompts] }, { signal });
			if (answer.type !== 'counts') throw unexpected(answer.type);
			return answer.counts;
		},
		async usage({ turns, texts }, { signal } = {}) {
			const answer = await connection.ask({ type: 'usage', id: nextId(), turns, texts }, { signal });
			if (answer.type !== 'usage') throw unexpected(answer.type);
			return answer.usage;
		},
		hold: (held) => connection.hold(held),
		async close() {
			connection.kill(closedFailure());
			await connection.ended;
		},
	};
}

/** Options of a request to the process, besides its frame. */
export interface Request {
	/** Stops the call, and ends the process if it doesn't respond. */
	readonly signal?: AbortSignal | undefined;
	readonly onRow?: ((index: number, row: MeasuredRow) => void) | undefined;
}

type Call = { resolve(frame: FromMeasure): void; reject(error: unknown): void; onRow: Request['onRow'] };

/** Time for a call to stop before the process is ended, ms: a stop takes effect within one operation of a decode. */
const graceMs = 2000;

function closedFailure(): Failure {
	return new Failure({
		code: 'measurement-closed',
		message: said`The measuring process was closed.`,
		next: [said`Start the run again`],
	});
}

/** The host's side of one process: matches answers to calls and converts the process's exit to a Failure. */
class Connection {
	readonly child: ChildProcess;
	readonly ended: Promise<void>;
	readonly #calls = new Map<number | null, Call>();
	readonly #watch = stuckWatch();
	readonly #onBeat: ((beat: NativeHeartbeat) => void) | undefined;
	#end: unknown = null;
	#held = false;

	constructor(options: NativeProcessOptions, onBeat?: (beat: NativeHeartbeat) => void) {
		const { child, lastWords } = startNativeProcess(options);
		this.child = child;
		this.#onBeat = onBeat;
		child.on('message', (message) => this.#take(message, lastWords));
		this.ended = new Promise((resolve) => {
			child.on('error', (error) => {
				this.#fail(error);
				// A process that never started has no 'close' to wait for.
				if (child.pid === undefined) resolve();
			});
			child.on('close', (code, signal) => {
				this.#fail(diedFailure(code, signal, lastWords));
				resolve();
			});
		});
	}

	/** Ends all pending and future requests with the first reason. */
	#fail(reason: unknown): void {
		this.#end ??= reason;
		for (const call of this.#calls.values()) call.reject(this.#end);
		this.#calls.clear();
	}

	#take(message: unknown, lastWords: string[]): void {
		const { data: frame, error } = fromMeasureSchema.safeParse(message);
		if (frame === undefined) {
			lastWords.push(`a frame that is none: ${error.message}`);
			this.child.kill('SIGTERM');
			return;
		}
		if (frame.type === 'beat') {
			this.#onBeat?.(frame.beat);
			if (this.#calls.size === 0 || this.#held) this.#watch.progress();
			else if (this.#watch.beat(frame.beat)) this.kill(stuckFailure());
			return;
		}
		this.#watch.progress();
		const id = frame.type === 'opened' ? null : frame.id;
		const call = this.#calls.get(id);
		if (frame.type === 'row') {
			call?.onRow?.(frame.index, frame.row);
			return;
		}
		this.#calls.delete(id);
		if (frame.type === 'failed') call?.reject(new Failure(frame.failure));
		else call?.resolve(frame);
	}

	kill(reason: unknown): void {
		this.#fail(reason);
		this.child.kill('SIGKILL');
	}

	send(frame: ToMeasure): void {
		// A process that is shutting down sends no more answers; its 'close' says why.
		if (this.child.connected) this.child.send(frame, () => {});
	}

	hold(held: boolean): void {
		this.#held = held;
		this.send({ type: 'hold', held });
	}

	/**
	 * Sends a frame and waits for its answer. Throws the Failure in the answer, that of the process's exit, or the
	 * signal's reason.
	 */
	async ask(frame: ToMeasure, { signal, onRow }: Request = {}): Promise<FromMeasure> {
		const id = 'id' in frame ? frame.id : null;
		signal?.throwIfAborted();
		if (this.#end !== null) throw this.#end;
		let timer: NodeJS.Timeout | undefined;
		const stop = (): void => {
			if (id !== null) this.send({ type: 'stop', id });
			timer = setTimeout(() => this.kill(closedFailure()), id === null ? 0 : graceMs);
		};
		try {
			return await new Promise<FromMeasure>((resolve, reject) => {
				this.#calls.set(id, { resolve, reject, onRow });
				signal?.addEventListener('abort', stop, { once: true });
				this.send(frame);
			});
		} catch (error) {
			signal?.throwIfAborted();
			throw error;
		} finally {
			clearTimeout(timer);
			signal?.removeEventListener('abort', stop);
		}
	}
}
