/** Resolves once the signal aborts, or at once if it already has; never settles without a signal. */
export function whenAborted(signal: AbortSignal | undefined): Promise<undefined> {
	return new Promise((resolve) => {
		if (signal?.aborted) resolve(undefined);
		else signal?.addEventListener('abort', () => resolve(undefined), { once: true });
	});
}

/** Settles like `promise`, or rejects with the signal's reason as soon as it aborts. */
export async function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
	if (!signal) return await promise;
	const { promise: aborted, reject } = Promise.withResolvers<never>();
	const onAbort = (): void => reject(signal.reason);
	if (signal.aborted) onAbort();
	else signal.addEventListener('abort', onAbort, { once: true });
	try {
		return await Promise.race([promise, aborted]);
	} finally {
		signal.removeEventListener('abort', onAbort);
	}
}
