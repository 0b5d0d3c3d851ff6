import { createHash } from 'node:crypto';
import type { ExportedConversation } from './document.ts';

/** Whether every message of `part` is in `whole`, after the same messages, under the same system prompt. */
export function isContainedIn(part: ExportedConversation, whole: ExportedConversation): boolean {
	if (part.systemPrompt !== whole.systemPrompt) return false;
	const known = new Set(pathHashes(whole).values());
	return [...pathHashes(part).values()].every((hash) => known.has(hash));
}

/** For each message a hash of all that was said up to it: two are equal where the whole paths are. */
function pathHashes({ messages }: ExportedConversation): ReadonlyMap<number, string> {
	const hashes = new Map<number, string>();
	for (const { id, parentId, role, content, reasoning, createdAt } of messages) {
		const before = parentId === null ? '' : (hashes.get(parentId) ?? '');
		const own = JSON.stringify([before, role, content, reasoning, createdAt]);
		hashes.set(id, createHash('sha256').update(own).digest('hex'));
	}
	return hashes;
}
