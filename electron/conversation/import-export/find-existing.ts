import { createHash } from 'node:crypto';
import type { ReadableDatabase } from '../../database/database.ts';
import { all } from '../../database/sql.ts';
import type { ExportedConversation } from './document.ts';
import { readExported } from './exported-conversation.ts';
import type { ImportMarks } from './import-visibility.ts';

/** How an incoming conversation relates to the existing ones. */
export type ExistingMatch =
	| { readonly kind: 'new' }
	/** It already exists with all incoming messages. */
	| { readonly kind: 'known'; readonly id: number; readonly title: string; readonly deletedAt: number | null }
	/** It exists and has grown since: `newMessages` of the incoming messages are new here. */
	| { readonly kind: 'extended'; readonly id: number; readonly title: string; readonly newMessages: number };

type Candidate = { readonly id: number; readonly title: string; readonly deletedAt: number | null };

const columns = 'id, title, deleted_at AS deletedAt';

/** Neither being deleted for good, nor left by another import that failed. */
const counts = '(deleted_at IS NULL OR deleted_at > 0 OR deleted_at = :importing)';

/** Conversations imported from the same conversation of the same program. */
export const conversationsByOrigin = `SELECT ${columns} FROM conversations
  WHERE imported_from = :importedFrom AND imported_key = :importedKey AND ${counts} ORDER BY id LIMIT 20`;

/** Conversations created in the same millisecond; the limit is for invented times (0), which many share. */
export const conversationsByTime = `SELECT ${columns} FROM conversations
  WHERE created_at = :createdAt AND ${counts} ORDER BY id LIMIT 20`;

/** Looks up candidates by origin and creation time, then compares their messages. */
export function findExisting(
	database: ReadableDatabase,
	conversation: ExportedConversation,
	marks: ImportMarks,
): ExistingMatch {
	const candidates = candidatesFor(database, conversation, marks);
	if (candidates.length === 0) return { kind: 'new' };
	const hashes = [...pathHashes(conversation).values()];
	let extended: ExistingMatch | null = null;
	for (const { id, title, deletedAt } of candidates) {
		const rows = readExported(database, id);
		if (rows === null) continue;
		const existing = new Set(pathHashes(rows.conversation).values());
		const newMessages = hashes.filter((hash) => !existing.has(hash)).length;
		if (newMessages === 0) return { kind: 'known', id, title, deletedAt };
		// A conversation in the trash, or from this same import, stays as it is.
		if (newMessages < hashes.length && deletedAt === null) extended ??= { kind: 'extended', id, title, newMessages };
	}
	return extended ?? { kind: 'new' };
}

function candidatesFor(
	database: ReadableDatabase,
	conversation: ExportedConversation,
	{ importing }: ImportMarks,
): readonly Candidate[] {
	const { importedFrom, importedKey, createdAt } = conversation;
	if (importedFrom !== null && importedKey !== null) {
		const found = all<Candidate>(database, conversationsByOrigin, { importedFrom, importedKey, importing });
		if (found.length > 0) return found;
	}
	return all<Candidate>(database, conversationsByTime, { createdAt, importing });
}

/**
 * Returns, for each message number, a hash of the path up to it: equal hashes mean equal paths. In the order of the
 * messages.
 */
export function pathHashes({ messages }: Pick<ExportedConversation, 'messages'>): ReadonlyMap<number, string> {
	const hashes = new Map<number, string>();
	for (const { id, parentId, role, content, reasoning, createdAt } of messages) {
		const before = parentId === null ? '' : (hashes.get(parentId) ?? '');
		const own = JSON.stringify([before, role, content, reasoning, createdAt]);
		hashes.set(id, createHash('sha256').update(own).digest('base64'));
	}
	return hashes;
}
