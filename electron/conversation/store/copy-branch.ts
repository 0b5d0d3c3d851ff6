import type { ReadableDatabase, WritableDatabase } from '../../database/handle.ts';
import { get, run } from '../../database/sql.ts';
import { copyAttachments } from './attachments.ts';
import { pathTo } from './messages.ts';

const generationColumns = `model_file_id, model_name, quantization, engine_build, temperature, top_k, top_p, min_p,
  repeat_penalty, max_tokens, stop, seed, system_prompt, context_size, threads, prompt_tokens, cached_tokens,
  completion_tokens, dropped_turns, ttft_ms, prompt_ms, generation_ms, stop_reason, stop_string, token_ids,
  drafted_tokens, accepted_tokens, answer_format, width`;

const copyMessage = `INSERT INTO messages (conversation_id, parent_id, role, status, content, reasoning, reasoning_ms,
    failure, created_at, completed_at, model_name)
  SELECT :conversationId, :parentId, role, status, content, reasoning, reasoning_ms, failure, created_at, completed_at,
    model_name
  FROM messages WHERE id = :id`;

const copyGeneration = `INSERT INTO generations (message_id, ${generationColumns})
  SELECT :copy, ${generationColumns} FROM generations WHERE message_id = :id`;

/**
 * Copies the messages from the first one to `head` into another conversation, with how they were made and what was
 * attached. Returns the copy of `head`. In a transaction.
 */
export function copyBranch(database: WritableDatabase, head: number, conversationId: number): number | null {
	let parentId: number | null = null;
	for (const id of pathTo(database, head)) {
		const copy: number = run(database, copyMessage, { id, conversationId, parentId }).id;
		run(database, copyGeneration, { id, copy });
		copyAttachments(database, id, copy);
		parentId = copy;
	}
	return parentId;
}

export const branchesOfConversation = `SELECT count(*) AS n FROM messages m JOIN conversations c ON c.branched_from_id = m.id
  WHERE m.conversation_id = :conversationId`;

/** Conversations that began as a copy of a part of this one. */
export function countBranches(database: ReadableDatabase, conversationId: number): number {
	return get<{ n: number }>(database, branchesOfConversation, { conversationId })?.n ?? 0;
}
