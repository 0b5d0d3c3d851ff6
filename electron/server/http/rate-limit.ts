import type { ServerResponse } from 'node:http';
import type { ServerKey } from '../../contract/server/schema.ts';
import { rateHeaders } from './authorise.ts';
import { HttpError } from './errors.ts';

/** Requests at once; a further one is told to come back. Each may wait for the others in the model's queue. */
const mostActive = 256;

/** Of one key, unless it has a limit of its own. */
const mostActiveOfKey = 64;

const minuteMs = 60_000;

/** The limits of the server and of each key. */
export interface RateLimit {
	/** Requests being answered. */
	readonly active: number;
	/**
	 * Counts a request, and tells the client what its key has left. Returns the function that ends it. Throws HttpError 429,
	 * which says when to come back. `key` null: clients without one share a limit.
	 */
	admit(key: ServerKey | null, response: ServerResponse): () => void;
}

export function createRateLimit(clock: () => number = () => performance.now()): RateLimit {
	let active = 0;
	const activeByKey = new Map<number, number>();
	/** Times of the requests of the last minute, by keys that have a limit. */
	const recent = new Map<number, number[]>();

	function checkMinute({ id, name, limits: { perMinute } }: ServerKey, response: ServerResponse): void {
		if (perMinute === null) return;
		const now = clock();
		const times = (recent.get(id) ?? []).filter((at) => at > now - minuteMs);
		const isOver = times.length >= perMinute;
		if (!isOver) times.push(now);
		recent.set(id, times);
		const resetMs = Math.max(0, (times[times.length - perMinute] ?? times[0] ?? now) + minuteMs - now);
		const values = [perMinute, perMinute - times.length, `${(resetMs / 1_000).toFixed(3)}s`];
		for (const [index, header] of rateHeaders.entries()) response.setHeader(header, String(values[index]));
		if (!isOver) return;
		throw new HttpError(429, `The key "${name}" may ask ${perMinute} times a minute.`, {
			code: 'rate_limit_exceeded',
			retryAfter: Math.max(1, Math.ceil(resetMs / 1_000)),
		});
	}

	return {
		get active() {
			return active;
		},
		admit(key, response) {
			const id = key?.id ?? 0;
			const own = activeByKey.get(id) ?? 0;
			const most = key?.limits.atOnce ?? mostActiveOfKey;
			if (active >= mostActive || own >= most) {
				const message =
					own >= most
						? `This key has ${own} requests being answered, the most at once.`
						: `Assay is answering ${active} requests, the most at once.`;
				throw new HttpError(429, message, { code: 'too_many_requests', retryAfter: 5 });
			}
			if (key !== null) checkMinute(key, response);
			active += 1;
			activeByKey.set(id, own + 1);
			return () => {
				active -= 1;
				const left = (activeByKey.get(id) ?? 1) - 1;
				if (left === 0) activeByKey.delete(id);
				else activeByKey.set(id, left);
			};
		},
	};
}
