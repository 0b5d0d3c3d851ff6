import type { EventBus } from '../events.ts';

/** Whether people chat right now. */
export interface Quiet {
	/** Whether a chat answer is being written. */
	readonly answering: () => boolean;
	readonly events: EventBus;
}

/** Resolves when no chat answer is being written. Rejects with the signal's reason. */
export function whenQuiet({ answering, events }: Quiet, signal: AbortSignal): Promise<void> {
	return new Promise((resolve, reject) => {
		const settle = (act: () => void): void => {
			unsubscribe();
			signal.removeEventListener('abort', onAbort);
			act();
		};
		const look = (): void => {
			if (!answering()) settle(resolve);
		};
		const onAbort = (): void => settle(() => reject(signal.reason));
		// An answer counts as written a moment after it says so.
		const unsubscribe = events.subscribe(({ type }) => type === 'generation-ended' && setImmediate(look));
		signal.addEventListener('abort', onAbort);
		if (signal.aborted) onAbort();
		else look();
	});
}
