/** Runs all at once. When one fails, the others are stopped by their signal, and its error is thrown. */
export async function allOrNone<Result>(
	signal: AbortSignal,
	works: readonly ((signal: AbortSignal) => Promise<Result>)[],
): Promise<Result[]> {
	const stop = new AbortController();
	const either = AbortSignal.any([signal, stop.signal]);
	try {
		return await Promise.all(works.map((work) => work(either)));
	} catch (error) {
		stop.abort(error);
		throw error;
	}
}
