import type { Tag } from '../../contract/conversation/schema.ts';
import type { WritableDatabase } from '../../database/database.ts';
import { all, get, run, transaction } from '../../database/sql.ts';
import type { ConversationContext } from '../context.ts';
import { checkedName, nameTaken, tagUnknown } from './folder-and-tag-names.ts';
import { readTags } from './folders-and-tags-overview.ts';

/** Throws Failure `tag-unknown`, `name-empty`, `tag-exists`. */
export function renameTag(context: ConversationContext, id: number, asked: string): Tag {
	const { database } = context;
	const name = checkedName(asked, 'tag');
	getTag(context, id);
	transaction(database, () => {
		const taken = findTag(database, name);
		if (taken !== undefined && taken.id !== id) throw nameTaken(taken.name, 'tag');
		run(database, 'UPDATE tags SET name = :name WHERE id = :id', { id, name });
	});
	context.events.publish({ type: 'organisation-changed' });
	return getTag(context, id);
}

/** Removes a tag everywhere; returns the conversations that had it. Throws Failure `tag-unknown`. */
export function removeTag(context: ConversationContext, id: number): readonly number[] {
	const { database } = context;
	getTag(context, id);
	const ids = transaction(database, () => {
		const sql = 'SELECT conversation_id AS id FROM conversation_tags WHERE tag_id = :id ORDER BY 1';
		const carriers = all<{ id: number }>(database, sql, { id });
		run(database, 'DELETE FROM tags WHERE id = :id', { id });
		return carriers.map((carrier) => carrier.id);
	});
	context.events.publish({ type: 'organisation-changed' });
	return ids;
}

/**
 * Adds and removes tags of conversations in one transaction; creates new tags and deletes those no longer in use.
 * Returns how many conversations changed. Throws Failure `name-empty`.
 */
export function tagConversations(
	context: ConversationContext,
	ids: readonly number[],
	{ add, remove }: { readonly add: readonly string[]; readonly remove: readonly string[] },
): number {
	const { database, clock } = context;
	const added = add.map((name) => checkedName(name, 'tag'));
	const removed = remove.map((name) => checkedName(name, 'tag'));
	const changed = transaction(database, () => {
		const known = ids.filter((id) => exists(database, id));
		const touched = new Set<number>();
		const note = (id: number, changes: number): void => {
			if (changes > 0) touched.add(id);
		};
		for (const name of removed) {
			const tag = findTag(database, name);
			if (tag === undefined) continue;
			for (const id of known) note(id, run(database, takeOff, { id, tagId: tag.id }).changes);
		}
		for (const name of known.length === 0 ? [] : added) {
			const tagId = findTag(database, name)?.id ?? run(database, insertTag, { name, now: clock() }).id;
			for (const id of known) note(id, run(database, putOn, { id, tagId }).changes);
		}
		removeUnusedTags(database);
		return touched.size;
	});
	if (changed > 0) context.events.publish({ type: 'organisation-changed' });
	return changed;
}

const insertTag = 'INSERT INTO tags (name, created_at) VALUES (:name, :now)';
const putOn = 'INSERT OR IGNORE INTO conversation_tags (conversation_id, tag_id) VALUES (:id, :tagId)';
const takeOff = 'DELETE FROM conversation_tags WHERE conversation_id = :id AND tag_id = :tagId';

/** Deletes tags that no conversation has, not even one in the trash. */
export function removeUnusedTags(database: WritableDatabase): void {
	run(database, 'DELETE FROM tags WHERE NOT EXISTS (SELECT 1 FROM conversation_tags ct WHERE ct.tag_id = tags.id)');
}

function exists(database: WritableDatabase, id: number): boolean {
	return get(database, 'SELECT id FROM conversations WHERE id = :id AND deleted_at IS NOT 0', { id }) !== undefined;
}

function findTag(database: WritableDatabase, name: string): { id: number; name: string } | undefined {
	return get<{ id: number; name: string }>(database, 'SELECT id, name FROM tags WHERE name = :name', { name });
}

function getTag({ database }: ConversationContext, id: number): Tag {
	const found = readTags(database).find((tag) => tag.id === id);
	if (found === undefined) throw tagUnknown(id);
	return found;
}
