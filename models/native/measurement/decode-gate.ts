import type { NativeContext } from '../context.ts';

/** What a call ends with after `stop`. The host tells its caller the reason of its own signal. */
export class CallStopped extends Error {
	constructor() {
		super('the call was stopped');
		this.name = 'Stopped';
	}
}

/** Lets a call be stopped, also within a decode, and be held between two decodes. */
export class DecodeGate {
	#stopped = false;
	#running: NativeContext | null = null;
	#released: PromiseWithResolvers<void> | null = null;

	stop(): void {
		this.#stopped = true;
		this.#running?.stop();
		this.#released?.resolve();
	}

	/** Forgets a stop: the next call begins. */
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

	/** Does native work on a context between two pauses. Throws Stopped. */
	async work<T>(context: NativeContext, work: () => Promise<T>): Promise<T> {
		if (this.#released !== null) await this.#released.promise;
		this.#check();
		this.#running = context;
		try {
			return await work();
		} catch (error) {
			// A decode that was stopped fails like one that could not be done.
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
