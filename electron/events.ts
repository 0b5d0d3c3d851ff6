import type { Message } from './contract/conversation/schema.ts';
import type { ApplicationEvent } from './contract/event.ts';

/** What happened inside the application. Pages hear of the application events; the others stay in the main process. */
export type InternalEvent =
	| ApplicationEvent
	/** One request over the network, finished or refused. `activity/` keeps it. */
	| {
			readonly type: 'network-request';
			readonly at: number;
			readonly host: string;
			readonly purpose: string;
			readonly outcome: string;
			readonly bytes: number;
	  }
	/** An answer is stored, however it ended. Temporary ones leave nothing, so nothing is said of them. */
	| { readonly type: 'answer-ended'; readonly message: Message }
	/** An answer that is stored nowhere is being written, or no longer: what measures makes room for it as for others. */
	| { readonly type: 'temporary-started' | 'temporary-ended' };

export type Listener = (event: InternalEvent) => void;

/** Broadcasts facts inside the main process. Events say what has happened; they never drive control flow. */
export interface EventBus {
	publish(event: InternalEvent): void;
	/** Returns the function that ends the subscription. */
	subscribe(listener: Listener): () => void;
}

/** A listener that throws is reported to `onDefect` and does not keep the others from hearing the event. */
export function createEventBus(onDefect: (error: unknown) => void): EventBus {
	const listeners = new Set<Listener>();
	return {
		publish(event) {
			for (const listener of [...listeners]) {
				try {
					listener(event);
				} catch (error) {
					onDefect(error);
				}
			}
		},
		subscribe(listener) {
			// A wrapper of its own, so that one function subscribed twice is two subscriptions.
			const entry: Listener = (event) => listener(event);
			listeners.add(entry);
			return () => void listeners.delete(entry);
		},
	};
}

const internal: ReadonlySet<InternalEvent['type']> = new Set([
	'network-request',
	'answer-ended',
	'temporary-started',
	'temporary-ended',
]);

/** True for what pages may hear of. */
export function isApplicationEvent(event: InternalEvent): event is ApplicationEvent {
	return !internal.has(event.type);
}

/** What waits for one subscriber. Nothing is lost between subscribing and the first reading. */
export interface Mailbox<T> {
	push(item: T): void;
	/** Lets the reader finish what waits, then ends. */
	end(): void;
	/** Takes out everything that waits. */
	clear(): void;
	readonly size: number;
	/** Reads until the end; leaving the loop, or the signal, calls `onLeave` once. */
	read(signal: AbortSignal | undefined, onLeave: () => void): AsyncGenerator<T>;
}

export function createMailbox<T>(): Mailbox<T> {
	const waiting: T[] = [];
	let ended = false;
	let wake: (() => void) | null = null;
	const rouse = (): void => {
		wake?.();
		wake = null;
	};
	return {
		push(item) {
			if (ended) return;
			waiting.push(item);
			rouse();
		},
		end() {
			ended = true;
			rouse();
		},
		clear() {
			waiting.length = 0;
		},
		get size() {
			return waiting.length;
		},
		read(signal, onLeave) {
			let left = false;
			const leave = (): void => {
				if (left) return;
				left = true;
				ended = true;
				waiting.length = 0;
				signal?.removeEventListener('abort', leave);
				onLeave();
				rouse();
			};
			// Also before the first reading: a generator that was never started runs no `finally`.
			if (signal?.aborted) leave();
			else signal?.addEventListener('abort', leave, { once: true });
			async function* items(): AsyncGenerator<T> {
				try {
					while (true) {
						while (waiting.length > 0) yield waiting.shift() as T;
						if (ended) return;
						await new Promise<void>((resolve) => {
							wake = resolve;
						});
					}
				} finally {
					leave();
				}
			}
			return items();
		},
	};
}
