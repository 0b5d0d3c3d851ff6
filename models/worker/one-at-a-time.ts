export interface Queue {
	/**
	 * Resolves, when all earlier callers have left, to the function that leaves; to null when `signal` aborts before.
	 */
	enter(signal?: AbortSignal): Promise<(() => void) | null>;
}

/** Lets callers through one after the other, in the order they came. */
export function createQueue(): Queue {
	let last: Promise<void> = Promise.resolve();
	return {
		async enter(signal) {
			const { promise, resolve: leave } = Promise.withResolvers<void>();
			const before = last;
			last = promise;
			if (await settledOrAborted(before, signal)) return leave;
			// The place in the queue stays taken until its turn comes, and is given up then.
			void before.then(leave);
			return null;
		},
	};
}

/** true when `promise` is fulfilled, false when `signal` aborts first. A rejection passes through. */
export async function settledOrAborted(promise: Promise<unknown>, signal: AbortSignal | undefined): Promise<boolean> {
	if (!signal) {
		await promise;
		return true;
	}
	if (signal.aborted) return false;
	const { promise: aborted, resolve } = Promise.withResolvers<boolean>();
	const onAbort = (): void => resolve(false);
	signal.addEventListener('abort', onAbort, { once: true });
	try {
		return await Promise.race([promise.then(() => true), aborted]);
	} finally {
		signal.removeEventListener('abort', onAbort);
	}
}
