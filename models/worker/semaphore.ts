export interface Semaphore {
	/** Whether whoever comes now has to wait. */
	isFull(): boolean;
	/**
	 * Resolves, when there is a place and all earlier callers have had theirs, to the function that leaves; to null when
	 * `signal` aborts before.
	 */
	enter(signal?: AbortSignal): Promise<(() => void) | null>;
}

/** Lets callers through in the order they came, at most so many at once. */
export function createSemaphore(places: number): Semaphore {
	let inside = 0;
	const waiting: (() => void)[] = [];

	const leave = (): void => {
		const next = waiting.shift();
		// The place goes from hand to hand: nobody who comes now is faster.
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
