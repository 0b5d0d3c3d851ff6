import { run, transaction } from '../../database/sql.ts';
import type { ConversationContext } from '../context.ts';
import { getFolder } from './folders.ts';

/** Neither in the trash nor being deleted. */
const notInTrash = 'id = :id AND deleted_at IS NULL';

/** Pins or unpins conversations; pinning takes one out of the archive. Returns how many changed. */
export function pinConversations(context: ConversationContext, ids: readonly number[], pinned: boolean): number {
	return pinned
		? updateEach(
				context,
				ids,
				`UPDATE conversations SET pinned_at = :now, archived_at = NULL WHERE ${notInTrash} AND pinned_at IS NULL`,
			)
		: updateEach(
				context,
				ids,
				`UPDATE conversations SET pinned_at = NULL WHERE ${notInTrash} AND pinned_at IS NOT NULL`,
			);
}

/** Archives conversations, which unpins them, or takes them out of the archive. Returns how many changed. */
export function archiveConversations(context: ConversationContext, ids: readonly number[], archived: boolean): number {
	return archived
		? updateEach(
				context,
				ids,
				`UPDATE conversations SET archived_at = :now, pinned_at = NULL WHERE ${notInTrash} AND archived_at IS NULL`,
			)
		: updateEach(
				context,
				ids,
				`UPDATE conversations SET archived_at = NULL WHERE ${notInTrash} AND archived_at IS NOT NULL`,
			);
}

/** Moves conversations into a folder; null: out of theirs. Returns how many changed. Throws Failure `folder-unknown`. */
export function moveConversations(
	context: ConversationContext,
	ids: readonly number[],
	folderId: number | null,
): number {
	if (folderId !== null) getFolder(context, folderId);
	const sql = `UPDATE conversations SET folder_id = :folderId WHERE ${notInTrash} AND folder_id IS NOT :folderId`;
	return updateEach(context, ids, sql, { folderId });
}

/** Runs one statement per conversation in one transaction and publishes one event for all. */
export function updateEach(
	context: ConversationContext,
	ids: readonly number[],
	sql: string,
	values: Readonly<Record<string, number | null>> = {},
): number {
	const { database } = context;
	const parameters = sql.includes(':now') ? { ...values, now: context.clock() } : values;
	const changed = transaction(database, () =>
		ids.reduce((count, id) => count + run(database, sql, { ...parameters, id }).changes, 0),
	);
	if (changed > 0) context.events.publish({ type: 'organisation-changed' });
	return changed;
}
