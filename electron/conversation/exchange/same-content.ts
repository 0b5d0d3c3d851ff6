import { createHash } from 'node:crypto';
import type { ExportedConversation } from './document.ts';

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
