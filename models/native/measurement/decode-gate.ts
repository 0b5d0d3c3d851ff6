import type { NativeContext } from '../context.ts';

/** Ends a call after `stop`. The host reports the reason of its own signal to the caller. */
export class CallStopped extends Error {
	constructor() {
		super('the call was stopped');
		this.name = 'Stopped';
	}
}

/** Allows stopping a call, even within a decode, and pausing it between two decodes. */
export class DecodeGate {
	#stopped = false;
	#running: NativeContext | null = null;
	#released: PromiseWithResolvers<void> | null = null;

	stop(): void {
		this.#stopped = true;
		this.#running?.stop();
		this.#released?.resolve();
	}

	/** Clears a stop for the next call. */
	begin(): void {
		this.#stopped = false;
	}

	hold(held: boolean): void {
		if (held) this.#released ??= Promise.withResolvers();
		else {
			this.#released?.resolve();
			this.#released = null;
		}
	}

	/** Does native work on a context between two pauses. Throws CallStopped. */
	async work<T>(context: NativeContext, work: () => Promise<T>): Promise<T> {
		if (this.#released !== null) await this.#released.promise;
		this.#check();
		this.#running = context;
		try {
			return await work();
		} catch (error) {
			// A stopped decode fails like one that was impossible.
			this.#check();
			throw error;
		} finally {
			this.#running = null;
		}
	}

	#check(): void {
		if (this.#stopped) throw new CallStopped();
	}
}
