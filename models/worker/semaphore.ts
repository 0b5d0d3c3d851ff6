export interface Semaphore {
	/** Returns whether the next caller would have to wait. */
	isFull(): boolean;
	/**
	 * Resolves to the function that leaves, once there is a place and all earlier callers have had theirs; to null if
	 * `signal` aborts first.
	 */
	enter(signal?: AbortSignal): Promise<(() => void) | null>;
}

/** Admits callers in order of arrival, at most so many at once. */
export function createSemaphore(places: number): Semaphore {
	let inside = 0;
	const waiting: (() => void)[] = [];

	const leave = (): void => {
		const next = waiting.shift();
		// The place passes directly to the next waiter, so that no newcomer can take it.
		if (next === undefined) inside -= 1;
		else next();
	};

	return {
		isFull: () => inside >= places,
		async enter(signal) {
			if (signal?.aborted) return null;
			if (inside < places) inside += 1;
			else {
				const { promise, resolve } = Promise.withResolvers<boolean>();
				const goIn = (): void => resolve(true);
				const giveUp = (): void => {
					waiting.splice(waiting.indexOf(goIn), 1);
					resolve(false);
				};
				waiting.push(goIn);
				signal?.addEventListener('abort', giveUp, { once: true });
				const mine = await promise;
				signal?.removeEventListener('abort', giveUp);
				if (!mine) return null;
			}
			return leave;
		},
	};
}
