import type { Message } from './contract/conversation/schema.ts';
import type { ApplicationEvent } from './contract/event.ts';

/** Events inside the application. Pages receive the application events; the others stay in the main process. */
export type InternalEvent =
	| ApplicationEvent
	/** One request over the network, finished or refused. `activity/` records it. */
	| {
			readonly type: 'network-request';
			readonly at: number;
			readonly host: string;
			readonly purpose: string;
			readonly outcome: string;
			readonly bytes: number;
	  }
	/** An answer was stored, however it ended. Temporary answers leave nothing, so they send no such event. */
	| { readonly type: 'answer-ended'; readonly message: Message }
	/** Another model or preset is the default now; null: there was or is none. */
	| {
			readonly type: 'default-changed';
			readonly what: 'model' | 'preset';
			readonly name: string | null;
			readonly before: string | null;
			readonly modelFileId: number | null;
	  }
	/** An answer that is not stored began or ended: measurements yield to it as to any other. */
	| { readonly type: 'temporary-started' | 'temporary-ended' };

export type Listener = (event: InternalEvent) => void;

/** Broadcasts facts inside the main process. Events report what happened; they never drive control flow. */
export interface EventBus {
	publish(event: InternalEvent): void;
	/** Returns the unsubscribe function. */
	subscribe(listener: Listener): () => void;
}

/** A listener that throws is reported to `onDefect`; the other listeners still receive the event. */
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
			// A wrapper per subscription, so that one function can subscribe twice.
			const entry: Listener = (event) => listener(event);
			listeners.add(entry);
			return () => void listeners.delete(entry);
		},
	};
}

const internal: ReadonlySet<InternalEvent['type']> = new Set([
	'network-request',
	'answer-ended',
	'default-changed',
	'temporary-started',
	'temporary-ended',
]);

/** Returns true for events that pages may receive. */
export function isApplicationEvent(event: InternalEvent): event is ApplicationEvent {
	return !internal.has(event.type);
}
