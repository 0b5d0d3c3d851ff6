import type { Folder, Organisation } from '../../contract/conversation/schema.ts';
import { all, get, run, transaction } from '../../database/sql.ts';
import type { ConversationContext } from '../context.ts';
import { checkedName, folderUnknown, nameTaken } from './folder-and-tag-names.ts';
import { readFolders, readOverview } from './folders-and-tags-overview.ts';

/** Creates a folder after all others. Throws Failure `name-empty`, `folder-exists`. */
export function createFolder(context: ConversationContext, asked: string): Folder {
	const { database, clock } = context;
	const name = checkedName(asked, 'folder');
	const id = transaction(database, () => {
		assertFree(context, name, null);
		return run(
			database,
			`INSERT INTO folders (name, position, created_at)
			 VALUES (:name, (SELECT coalesce(max(position), 0) + 1 FROM folders), :now)`,
			{ name, now: clock() },
		).id;
	});
	context.events.publish({ type: 'organisation-changed' });
	return getFolder(context, id);
}

/** Throws Failure `folder-unknown`, `name-empty`, `folder-exists`. */
export function renameFolder(context: ConversationContext, id: number, asked: string): Folder {
	const name = checkedName(asked, 'folder');
	getFolder(context, id);
	transaction(context.database, () => {
		assertFree(context, name, id);
		run(context.database, 'UPDATE folders SET name = :name WHERE id = :id', { id, name });
	});
	context.events.publish({ type: 'organisation-changed' });
	return getFolder(context, id);
}

/** Moves a folder before another one; null: to the end. Throws Failure `folder-unknown`. */
export function placeFolder(context: ConversationContext, id: number, beforeId: number | null): Organisation {
	const { database } = context;
	getFolder(context, id);
	if (beforeId !== null) getFolder(context, beforeId);
	transaction(database, () => {
		const order = all<{ id: number }>(database, 'SELECT id FROM folders WHERE id <> :id ORDER BY position, id', { id });
		const ids = order.map((folder) => folder.id);
		const at = beforeId === null || beforeId === id ? ids.length : ids.indexOf(beforeId);
		ids.splice(at, 0, id);
		for (const [index, folderId] of ids.entries()) {
			run(database, 'UPDATE folders SET position = :position WHERE id = :folderId', { folderId, position: index + 1 });
		}
	});
	context.events.publish({ type: 'organisation-changed' });
	return readOverview(database);
}

/** Removes a folder but keeps its conversations; returns their ids. Throws Failure `folder-unknown`. */
export function removeFolder(context: ConversationContext, id: number): readonly number[] {
	const { database } = context;
	getFolder(context, id);
	const ids = transaction(database, () => {
		const sql = 'SELECT id FROM conversations WHERE folder_id = :id AND deleted_at IS NOT 0';
		const inside = all<{ id: number }>(database, sql, { id });
		run(database, 'DELETE FROM folders WHERE id = :id', { id });
		return inside.map((conversation) => conversation.id);
	});
	context.events.publish({ type: 'organisation-changed' });
	return ids;
}

/** Throws Failure `folder-unknown`. */
export function getFolder(context: Pick<ConversationContext, 'database'>, id: number): Folder {
	const found = readFolders(context.database).find((folder) => folder.id === id);
	if (found === undefined) throw folderUnknown(id);
	return found;
}

function assertFree({ database }: ConversationContext, name: string, except: number | null): void {
	const taken = get<{ id: number; name: string }>(database, 'SELECT id, name FROM folders WHERE name = :name', {
		name,
	});
	if (taken !== undefined && taken.id !== except) throw nameTaken(taken.name, 'folder');
}
