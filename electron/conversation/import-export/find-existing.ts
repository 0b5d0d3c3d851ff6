import { createHash } from 'node:crypto';
import type { ReadableDatabase } from '../../database/database.ts';
import { all } from '../../database/sql.ts';
import type { ExportedConversation } from './document.ts';
import { readExported } from './exported-conversation.ts';

/** Whether a conversation that comes in is here already. */
export type ExistingMatch =
	| { readonly kind: 'new' }
	/** With everything that comes in of it. */
	| { readonly kind: 'known'; readonly id: number; readonly title: string; readonly deletedAt: number | null }
	/** It has gone on since: so many messages of it are new here. */
	| { readonly kind: 'extended'; readonly id: number; readonly title: string; readonly newMessages: number };

type Candidate = { readonly id: number; readonly title: string; readonly deletedAt: number | null };

const columns = 'id, title, deleted_at AS deletedAt';

/** Those that were imported from the same conversation of the same program. */
export const conversationsByOrigin = `SELECT ${columns} FROM conversations
  WHERE imported_from = :importedFrom AND imported_key = :importedKey AND deleted_at IS NOT 0 ORDER BY id LIMIT 20`;

/** Those that began in the same millisecond; of times that a program makes up (0) not each one is looked at. */
export const conversationsByTime = `SELECT ${columns} FROM conversations
  WHERE created_at = :createdAt AND deleted_at IS NOT 0 ORDER BY id LIMIT 20`;

/** Looks by where it comes from and when it began, then compares what was said. */
export function findExisting(database: ReadableDatabase, conversation: ExportedConversation): ExistingMatch {
	const candidates = candidatesFor(database, conversation);
	if (candidates.length === 0) return { kind: 'new' };
	const hashes = [...pathHashes(conversation).values()];
	let extended: ExistingMatch | null = null;
	for (const { id, title, deletedAt } of candidates) {
		const rows = readExported(database, id);
		if (rows === null) continue;
		const here = new Set(pathHashes(rows.conversation).values());
		const newMessages = hashes.filter((hash) => !here.has(hash)).length;
		if (newMessages === 0) return { kind: 'known', id, title, deletedAt };
		// One in the trash, or one of this very import, stays as it is.
		if (newMessages < hashes.length && deletedAt === null) extended ??= { kind: 'extended', id, title, newMessages };
	}
	return extended ?? { kind: 'new' };
}

function candidatesFor(database: ReadableDatabase, conversation: ExportedConversation): readonly Candidate[] {
	const { importedFrom, importedKey, createdAt } = conversation;
	if (importedFrom !== null && importedKey !== null) {
		const found = all<Candidate>(database, conversationsByOrigin, { importedFrom, importedKey });
		if (found.length > 0) return found;
	}
	return all<Candidate>(database, conversationsByTime, { createdAt });
}

/**
 * For each message, by its number, a hash of all that was said up to it: two are equal where the whole paths are. In
 * the order of the messages.
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
