import { dayMs } from '../../contract/durations.ts';
import type { RequestFilter, ServerRequest } from '../../contract/server/request-log.ts';
import { commitWithoutWaiting } from '../../database/connect.ts';
import { truncateLogOnceFree } from '../../database/secure-delete.ts';
import { run, transaction } from '../../database/sql.ts';
import type { ServerContext } from '../context.ts';
import { RequestRecord } from './request-record.ts';
import {
	deleteBodies,
	deleteOldRequests,
	insertRequest,
	lastRequestId,
	restoreRequests,
	trashRequests,
} from './store.ts';

/** Ended requests are stored together, at most this long after their end, ms. */
const storeAfterMs = 500;

/** Requests that wait to be stored, at most; more are stored at once. */
const mostWaiting = 500;

/** Shortest time between two events for pages, ms. */
const eventEveryMs = 250;

/** Interval between checks for expired texts, ms. */
const checkEveryMs = 300_000;

/** How long a request is kept, like the activity log, ms. */
const retentionMs = 90 * dayMs;

/** Requests of other programs: those being answered, and what becomes of them. */
export interface RequestLog {
	/** Begins the record of a request; `isKept` false: it is in no list and not stored. */
	begin(client: string, isKept: boolean): RequestRecord;
	/** Stores the record of a request that has ended. */
	ended(record: RequestRecord): void;
	/** In order of arrival. */
	live(): ServerRequest[];
	/** Stores what has ended: queries then find it. */
	flush(): void;
	/** Returns the time by which `restore` undoes it. */
	trash(ids: readonly number[] | null, filter: RequestFilter): { readonly deleted: number; readonly deletedAt: number };
	restore(deletedAt: number): number;
	/** Permanently deletes the requests in the trash. */
	emptyTrash(): Promise<number>;
	deleteBodies(ids: readonly number[] | null): Promise<number>;
	/** Returns when the texts of a request kept then are deleted by themselves; null: never. */
	bodyExpires(keptAt: number): number | null;
	/** Stores the requests that have ended, then stores none until the returned function is called. */
	hold(): () => void;
	/** Call it after the database was replaced. Requests from before are dropped: their ids may be taken in the new one. */
	onReplaced(): void;
	close(): Promise<void>;
}

export function createRequestLog({
	database,
	events,
	clock,
	settings,
	log,
	deletionClock = clock,
}: Pick<ServerContext, 'database' | 'events' | 'clock' | 'settings' | 'log'> & {
	/** The time by which things expire, ms since 1970. */
	readonly deletionClock?: () => number;
}): RequestLog {
	let lastId = lastRequestId(database);
	const open = new Map<number, RequestRecord>();
	let waiting: RequestRecord[] = [];
	let storing: NodeJS.Timeout | undefined;
	let announcing: NodeJS.Timeout | undefined;
	let isHeld = false;
	const stopping = new AbortController();
	/** One deletion at a time. */
	let last: Promise<unknown> = Promise.resolve();

	function changed(): void {
		announcing ??= setTimeout(() => {
			announcing = undefined;
			events.publish({ type: 'server-requests-changed' });
		}, eventEveryMs).unref();
	}

	function flush(): void {
		clearTimeout(storing);
		storing = undefined;
		if (isHeld) return;
		const ended = waiting;
		waiting = [];
		if (ended.length === 0) return;
		try {
			const now = clock();
			// On this thread the next request waits for its first token.
			commitWithoutWaiting(database, () =>
				transaction(database, () => {
					for (const record of ended) insertRequest(database, record, now);
				}),
			);
		} catch (error) {
			log(
				`server: ${ended.length} requests could not be recorded: ${error instanceof Error ? error.message : String(error)}`,
			);
		}
		changed();
	}

	/** Deletes for good. `work` returns how many rows it deleted. */
	function erase(work: () => number): Promise<number> {
		const next = last.then(async () => {
			flush();
			const deleted = transaction(database, () => {
				const count = work();
				// Backups from before still hold the texts; they are removed in time, as for conversations.
				if (count > 0) run(database, 'INSERT OR IGNORE INTO trash_emptied (at) VALUES (:now)', { now: clock() });
				return count;
			});
			if (deleted === 0) return 0;
			changed();
			// SQLite overwrites deleted content in the file (`secure_delete`); the write-ahead log still holds the text.
			await truncateLogOnceFree(database, stopping.signal);
			return deleted;
		});
		last = next.catch(() => {});
		return next;
	}

	/** Never rejects. */
	async function deleteExpired(): Promise<void> {
		try {
			const { serverKeepBodies, trashDays } = settings();
			const now = deletionClock();
			if (serverKeepBodies !== 'always') await erase(() => deleteBodies(database, now - dayMs));
			await erase(() =>
				deleteOldRequests(database, trashDays === null ? -1 : now - trashDays * dayMs, now - retentionMs),
			);
		} catch (error) {
			log(`server: ${error instanceof Error ? error.message : String(error)}`);
		}
	}

	const timer = setInterval(() => void deleteExpired(), checkEveryMs).unref();
	void deleteExpired();

	return {
		begin(client, isKept) {
			if (!isKept) return new RequestRecord({ id: 0, startedAt: clock(), client, keepsBody: false }, () => {});
			lastId += 1;
			const keepsBody = settings().serverKeepBodies !== 'off';
			const record = new RequestRecord({ id: lastId, startedAt: clock(), client, keepsBody }, changed);
			open.set(record.id, record);
			changed();
			return record;
		},
		ended(record) {
			if (!open.delete(record.id)) return;
			waiting.push(record);
			if (waiting.length >= mostWaiting) flush();
			else storing ??= setTimeout(flush, storeAfterMs).unref();
		},
		live: () => [...open.values()].map(liveRequest),
		flush,
		trash(ids, filter) {
			flush();
			const deletedAt = clock();
			const deleted = trashRequests(database, ids, filter, deletedAt);
			if (deleted > 0) changed();
			return { deleted, deletedAt };
		},
		restore(deletedAt) {
			const restored = restoreRequests(database, deletedAt);
			if (restored > 0) changed();
			return restored;
		},
		emptyTrash: () => erase(() => deleteOldRequests(database, clock(), 0)),
		deleteBodies: (ids) => erase(() => deleteBodies(database, clock(), ids)),
		bodyExpires: (keptAt) => (settings().serverKeepBodies === 'always' ? null : keptAt + dayMs),
		hold() {
			flush();
			isHeld = true;
			return () => {
				isHeld = false;
				flush();
			};
		},
		onReplaced() {
			waiting = [];
			open.clear();
			lastId = Math.max(lastId, lastRequestId(database));
			changed();
		},
		async close() {
			clearInterval(timer);
			clearTimeout(announcing);
			for (const record of open.values()) {
				record.end(503);
				waiting.push(record);
			}
			open.clear();
			clearTimeout(announcing);
			flush();
			clearTimeout(announcing);
			stopping.abort();
			await last;
		},
	};
}

function liveRequest(record: RequestRecord): ServerRequest {
	const { place, id, responseId, startedAt, client, key, route, model, modelFileId, streamed, state, status } = record;
	const { errorCode, error, promptTokens, cachedTokens, completionTokens, cacheMiss, finishReason } = record;
	const { deterministic, queueMs, ttftMs, generationMs, durationMs, age } = record;
	return {
		id,
		responseId,
		startedAt,
		client,
		key,
		route,
		model,
		modelFileId,
		streamed,
		state,
		place,
		status,
		errorCode,
		error,
		promptTokens,
		cachedTokens,
		completionTokens,
		cacheMiss,
		finishReason,
		...{ deterministic, queueMs, ttftMs, generationMs, durationMs: durationMs ?? age, hasBody: false },
	};
}
