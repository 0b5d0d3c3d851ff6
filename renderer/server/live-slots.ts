import type { ServerRequest } from '../../electron/contract/server/request-log.ts';

/** A row of the live list; null: free, because its request has ended. */
export type LiveSlot = ServerRequest | null;

/**
 * Gives each request a row that it keeps until it has ended, so that nothing moves while one reads. New ones take the
 * first free row; free rows at the end go.
 */
export function placeInSlots(slots: readonly LiveSlot[], live: readonly ServerRequest[]): readonly LiveSlot[] {
	const byId = new Map(live.map((request) => [request.id, request]));
	const next: LiveSlot[] = slots.map((slot) => (slot === null ? null : (byId.get(slot.id) ?? null)));
	const placed = new Set(next.map((slot) => slot?.id));
	for (const request of live) {
		if (placed.has(request.id)) continue;
		const free = next.indexOf(null);
		if (free === -1) next.push(request);
		else next[free] = request;
	}
	return next.slice(0, next.findLastIndex((slot) => slot !== null) + 1);
}
