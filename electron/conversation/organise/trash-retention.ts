import { deleteOldestStates } from '../../../models/saved-state-limit.ts';
import type { Trashed, TrashPreview } from '../../contract/conversation/schema.ts';
import { dayMs } from '../../contract/durations.ts';
import type { ReadableDatabase } from '../../database/database.ts';
import type { Reader } from '../../database/reader.ts';
import { get } from '../../database/sql.ts';
import { scheduleTrash, type TrashSchedule } from '../../settings/trash-schedule.ts';
import type { ConversationContext } from '../context.ts';
import type { Staging } from '../import-export/staging.ts';
import { deleteSavedStates } from '../saved-states.ts';
import { isUnfinished, markForPurge, type Purged, purge } from './purge.ts';
import { readTrash } from './trash.ts';

/** The first check for expired trash waits until start-up is over, ms. */
const firstCheckMs = 20_000;

/** Time for which an export or upload that nobody collects or imports is kept, ms. */
const stagedIdleMs = 3_600_000;

/**
 * Backups from before the trash was emptied still contain what was in it. They are removed after this time, which is
 * about as long as the oldest of them would be kept anyway.
 */
export const backupRetentionMs = 35 * dayMs;

/** Backup functions needed to empty the trash. */
export interface TrashBackups {
	list(): readonly { readonly createdAt: number }[];
	/** Creates a fresh backup and removes all older ones; returns how many it removed. */
	replaceAll(): Promise<number>;
}

export interface TrashRetention {
	list(page: { limit: number; before?: { deletedAt: number; id: number } | undefined }): readonly Trashed[];
	preview(signal?: AbortSignal): Promise<TrashPreview>;
	/** Permanently deletes the trash, or only `ids` of it. Resolves when nothing of it is left in the database. */
	empty(
		ids: readonly number[] | null,
		options: { readonly backups: boolean },
	): Promise<Purged & { readonly backupsRemoved: number }>;
	hold: TrashSchedule<Purged>['hold'];
	/** Stops between two steps; the rest is deleted when the data folder is opened again. */
	stop(): Promise<void>;
}

/** Backups from before this time must be removed; null: no limit. */
export function backupCutoff(database: ReadableDatabase, now: number): number | null {
	const sql = 'SELECT max(at) AS at FROM trash_emptied WHERE at > 0 AND at <= :until';
	return get<{ at: number | null }>(database, sql, { until: now - backupRetentionMs })?.at ?? null;
}

export interface TrashSurroundings {
	readonly reader: Reader;
	readonly backups: TrashBackups;
	readonly statesFolder: string;
	readonly staging: Pick<Staging, 'removeUnused' | 'beginDeletion'>;
	/** The time by which the trash expires, ms since 1970. */
	readonly deletionClock?: () => number;
}

const counts = `SELECT count(*) AS conversations, coalesce(sum((
    SELECT count(*) FROM messages m WHERE m.conversation_id = c.id
  )), 0) AS messages
FROM conversations c INDEXED BY conversations_trash WHERE c.deleted_at > 0`;

/**
 * Resumes the deletions of an earlier process, and deletes what has been in the trash for the `trashDays` of the
 * settings.
 */
export function startTrashRetention(
	context: ConversationContext,
	{ reader, backups, statesFolder, staging, deletionClock = context.clock }: TrashSurroundings,
): TrashRetention {
	const { database, events, clock, log } = context;
	const tidyStates = (): void => {
		const { stateLimitMb } = context.settings();
		deleteSavedStates(database, statesFolder, stateLimitMb === 0)
			.then(() => deleteOldestStates(statesFolder, stateLimitMb * 1_000_000))
			.catch((error: unknown) => log(`trash: ${String(error)}`));
	};
	// Saved states that an earlier process did not delete, or that the user has switched off.
	tidyStates();
	// A model that was loaded under a larger limit keeps using that one until it is unloaded.
	const unsubscribe = events.subscribe((event) => {
		const unloaded = event.type === 'model-state' && event.state.state === 'unloaded';
		if (event.type === 'settings-changed' || unloaded) tidyStates();
	});
	const trash = scheduleTrash({
		settings: context.settings,
		deletionClock,
		firstCheckMs,
		log,
		beforeCheck: async () => {
			await staging.removeUnused(stagedIdleMs);
		},
		async purge(until, ids, signal) {
			await markForPurge(database, { until, ids });
			const removeExports = staging.beginDeletion();
			if (!isUnfinished(database)) return { conversations: 0, messages: 0 };
			events.publish({ type: 'organisation-changed' });
			const purged = await purge(database, { clock, signal });
			await deleteSavedStates(database, statesFolder);
			await removeExports();
			// Unused tags were deleted, too.
			events.publish({ type: 'organisation-changed' });
			return purged;
		},
		describe: ({ conversations }) => (conversations === 0 ? null : `${conversations} conversations`),
	});
	if (isUnfinished(database)) void trash.deleteExpired();
	return {
		list: (page) => readTrash(database, context.settings().trashDays, page),
		async preview(signal) {
			const [found] = await reader.all<{ conversations: number; messages: number }>(counts, {}, signal);
			return {
				conversations: found?.conversations ?? 0,
				messages: found?.messages ?? 0,
				backups: backups.list().length,
				backupsGoneAt: clock() + backupRetentionMs,
			};
		},
		async empty(ids, options) {
			const purged = await trash.empty(clock(), ids);
			return { ...purged, backupsRemoved: options.backups ? await backups.replaceAll() : 0 };
		},
		hold: trash.hold,
		async stop() {
			unsubscribe();
			await trash.stop();
		},
	};
}
