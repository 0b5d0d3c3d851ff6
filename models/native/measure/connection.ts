import type { ChildProcess } from 'node:child_process';
import { Failure } from '../../contract/failure.ts';
import {
	type FromMeasure,
	fromMeasureSchema,
	type MeasuredRow,
	type NativeHeartbeat,
	type ToMeasure,
} from '../../contract/native.ts';
import { diedFailure, type NativeProcessOptions, startNativeProcess, stuckFailure, stuckWatch } from '../process.ts';

/** What one request to the process needs besides its frame. */
export interface Request {
	/** Stops the call, and ends the process where it doesn't listen. */
	readonly signal?: AbortSignal | undefined;
	readonly onRow?: ((index: number, row: MeasuredRow) => void) | undefined;
}

type Call = { resolve(frame: FromMeasure): void; reject(error: unknown): void; onRow: Request['onRow'] };

/** Time given to a call to stop before the process is ended, ms: a stop is seen within one operation of a decode. */
const graceMs = 2000;

export function closedFailure(): Failure {
	return new Failure({
		code: 'measurement-closed',
		message: 'The measuring process was closed.',
		next: ['Start the run again'],
	});
}

/** The host's side of one process: matches answers with calls and turns its end into a Failure. */
export class Connection {
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

	/** Everything that waits, and everything that comes, ends with the first reason given. */
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
		// A process that is going down answers nothing more; its 'close' says why.
		if (this.child.connected) this.child.send(frame, () => {});
	}

	hold(held: boolean): void {
		this.#held = held;
		this.send({ type: 'hold', held });
	}

	/**
	 * Sends a frame and waits for its answer. Throws the Failure that it gets, that of the process's end, or the signal's
	 * reason.
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
