import type { Endpoint, Reply } from './probe.ts';

/** `missing`: the endpoint says that it doesn't have this; `broken`: clients get something that they can't use. */
export type Outcome = 'ok' | 'missing' | 'broken' | 'skipped';

/** One shape of a client, replayed. */
export interface Check {
	readonly name: string;
	/** Programs that need it. */
	readonly clients: readonly string[];
	/** Without it, next to nothing works: missing counts as broken. */
	readonly essential?: true;
	/** Returns what was found, in a few words. Throws `Missing`, `Skipped`, or an Error that says what is broken. */
	run(endpoint: Endpoint): Promise<string>;
}

/** The endpoint doesn't have what is checked, and says so. */
export class Missing extends Error {}

/** What is checked can't be found out. */
export class Skipped extends Error {}

/** Throws an Error that says what is broken unless the condition holds. */
export function need(condition: boolean, problem: string): asserts condition {
	if (!condition) throw new Error(problem);
}

/** Statuses by which an endpoint says that it doesn't have something. */
const refusals: ReadonlySet<number> = new Set([400, 404, 405, 422, 501]);

/** Returns the body of a successful answer. Throws `Missing` if it is refused in words, and Error otherwise. */
export function answered(reply: Reply, what: string): unknown {
	if (reply.status === 200) return reply.json;
	const words = messageOf(reply);
	if (refusals.has(reply.status) && words !== null) throw new Missing(`${what}: ${words}`);
	if (reply.status === 404 || reply.status === 405) throw new Missing(`${what}: there is no such route`);
	throw new Error(`${what}: status ${reply.status}${words === null ? '' : `, ${words}`}`);
}

/** Returns the message of an error in any of the known forms; null if it has none. */
export function messageOf({ json }: Reply): string | null {
	if (typeof json !== 'object' || json === null) return null;
	const { error, message } = json as { error?: unknown; message?: unknown };
	const found = typeof error === 'object' && error !== null && 'message' in error ? error.message : (error ?? message);
	return typeof found === 'string' ? found.slice(0, 200) : null;
}
