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
	  };

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

/** True for what pages may hear of. */
export function isApplicationEvent(event: InternalEvent): event is ApplicationEvent {
	return event.type !== 'network-request';
}
