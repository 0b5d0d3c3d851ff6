import { createHash } from 'node:crypto';
import type { ReadableDatabase } from '../../database/database.ts';
import { all } from '../../database/sql.ts';
import type { ExportedConversation } from './document.ts';
import { readExported } from './exported-conversation.ts';
import { withoutCallBlocks } from './formats/open-webui.ts';
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
	let extended: ExistingMatch | null = null;
	for (const { id, title, deletedAt } of candidates) {
		const rows = readExported(database, id);
		if (rows === null) continue;
		const newMessages = conversation.messages.length - matchMessages(conversation, rows.conversation).size;
		if (newMessages === 0) return { kind: 'known', id, title, deletedAt };
		// A conversation in the trash, or from this same import, stays as it is.
		if (newMessages < conversation.messages.length && deletedAt === null)
			extended ??= { kind: 'extended', id, title, newMessages };
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

type Messages = Pick<ExportedConversation, 'messages'>;

/**
 * Returns which existing message each incoming one is, by their numbers; new ones are missing. Answers that hold nothing but
 * calls of tools were not imported by older versions: between two known messages, such an answer is taken for the one before
 * it, so that what follows it isn't taken for another branch.
 */
export function matchMessages(incoming: Messages, existing: Messages): ReadonlyMap<number, number | null> {
	const known = new Map([...pathHashes(existing)].map(([number, hash]) => [hash, number]));
	const matches = new Map<number, number | null>();
	for (const [number, hash] of pathHashes(incoming)) {
		const same = known.get(hash);
		if (same !== undefined) matches.set(number, same);
	}
	const bridges = new Set<number>();
	for (const { id, parentId } of incoming.messages.toReversed()) {
		const follows = parentId !== null && !matches.has(parentId) && (matches.has(id) || bridges.has(id));
		if (follows) bridges.add(parentId);
	}
	for (const { id, parentId } of incoming.messages) {
		if (bridges.has(id)) matches.set(id, parentId === null ? null : (matches.get(parentId) ?? null));
	}
	return matches;
}

/**
 * Returns, for each message number, a hash of the path up to it: equal hashes mean equal paths, but for answers without
 * words and for calls that older versions imported as text. In the order of the messages.
 */
export function pathHashes({ messages }: Messages): ReadonlyMap<number, string> {
	const hashes = new Map<number, string>();
	/** What the hash of the next message begins with. */
	const paths = new Map<number, string>();
	for (const { id, parentId, role, content: stored, reasoning, createdAt } of messages) {
		const before = parentId === null ? '' : (paths.get(parentId) ?? '');
		const content = role === 'assistant' ? withoutCallBlocks(stored) : stored;
		const own = JSON.stringify([before, role, content, reasoning, createdAt]);
		const hash = createHash('sha256').update(own).digest('base64');
		hashes.set(id, hash);
		paths.set(id, role === 'assistant' && content.trim() === '' ? before : hash);
	}
	return hashes;
}
