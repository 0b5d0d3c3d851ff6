import { dayMs } from '../contract/durations.ts';
import type { Settings } from '../contract/settings/schema.ts';

/** Interval between checks for what has expired, ms. */
const checkEveryMs = 3_600_000;

export interface TrashScheduleOptions<Emptied> {
	readonly settings: () => Pick<Settings, 'trashDays'>;
	/** The time by which the trash expires, ms since 1970. */
	readonly deletionClock: () => number;
	/** The first check waits this long, until start-up is over, ms. */
	readonly firstCheckMs: number;
	readonly log: (line: string) => void;
	/**
	 * Permanently deletes what came into the trash until `until`, or only `ids` of it. At 0 nothing has expired, but what an
	 * earlier process left unfinished is deleted. Stops early at `signal`.
	 */
	purge(until: number, ids: readonly number[] | null, signal: AbortSignal): Promise<Emptied>;
	/** Runs before each check, not when a person empties the trash. */
	beforeCheck?(): Promise<void>;
	/** Names what was deleted, for the log; null: nothing. */
	describe(emptied: Emptied): string | null;
}

/** Empties one kind of trash: on request, and by itself after the `trashDays` of the settings. */
export interface TrashSchedule<Emptied> {
	/** Resolves when nothing of it is left. One call at a time runs. */
	empty(until: number, ids: readonly number[] | null): Promise<Emptied>;
	/** Deletes what has expired. Never rejects. */
	deleteExpired(): Promise<void>;
	/**
	 * Stops between two steps, and begins nothing until the returned function is called: other rows may then have the ids
	 * that were read. Calls of `empty` that run or wait for their turn reject with `reason`.
	 */
	hold(reason: Error): Promise<() => void>;
	/** Stops between two steps; the rest is deleted when the data folder is opened again. */
	stop(): Promise<void>;
}

/** Starts checking for what has expired. */
export function scheduleTrash<Emptied>(options: TrashScheduleOptions<Emptied>): TrashSchedule<Emptied> {
	const { settings, deletionClock, firstCheckMs, log, purge, describe } = options;
	const stopping = new AbortController();
	let holding = new AbortController();
	let last: Promise<unknown> = Promise.resolve();

	function empty(until: number, ids: readonly number[] | null): Promise<Emptied> {
		const held = holding.signal;
		const next = last.then(async () => {
			held.throwIfAborted();
			const emptied = await purge(until, ids, AbortSignal.any([stopping.signal, held]));
			held.throwIfAborted();
			return emptied;
		});
		last = next.catch(() => {});
		return next;
	}

	async function deleteExpired(): Promise<void> {
		try {
			const { trashDays } = settings();
			await options.beforeCheck?.();
			const words = describe(await empty(trashDays === null ? 0 : deletionClock() - trashDays * dayMs, null));
			if (words !== null) log(`trash: ${words} deleted for good`);
		} catch (error) {
			log(`trash: ${error instanceof Error ? error.message : String(error)}`);
		}
	}

	const first = setTimeout(() => void deleteExpired(), firstCheckMs);
	const timer = setInterval(() => void deleteExpired(), checkEveryMs);
	first.unref();
	timer.unref();
	return {
		empty,
		deleteExpired,
		async hold(reason) {
			const { promise, resolve } = Promise.withResolvers<void>();
			const before = last;
			last = before.then(() => promise);
			holding.abort(reason);
			holding = new AbortController();
			await before;
			return resolve;
		},
		async stop() {
			stopping.abort();
			clearTimeout(first);
			clearInterval(timer);
			await last;
		},
	};
}
