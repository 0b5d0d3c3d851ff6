import type { ServerContext } from '@modelcontextprotocol/server';

/** Says how far a call is; `words` is what happens now. */
export type Report = (done: number, total: number | null, words: string) => void;

/** How often a client is told that a call is still running, ms. Each time restarts the client's time limit. */
const aliveEveryMs = 5_000;

/** What an unchanged amount advances by, because each notification must be above the last. */
const sign = 1e-6;

/** Returns a function that sends progress to a client that asked for it. */
export function reporterOf({ mcpReq }: Pick<ServerContext, 'mcpReq'>): Report {
	const progressToken = mcpReq._meta?.progressToken;
	if (progressToken === undefined) return () => {};
	let last = Number.NEGATIVE_INFINITY;
	let lastWords = '';
	let lastAt = 0;
	return (done, total, message) => {
		const now = performance.now();
		if (done <= last && message === lastWords && now - lastAt < aliveEveryMs) return;
		last = done > last ? done : last + sign;
		lastWords = message;
		lastAt = now;
		mcpReq
			.notify({
				method: 'notifications/progress',
				params: { progressToken, progress: last, message, ...(total === null ? {} : { total }) },
			})
			// The client left; the call ends by its signal.
			.catch(() => {});
	};
}
