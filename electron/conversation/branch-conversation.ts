import { Failure } from '../../models/contract/failure.ts';
import type { Conversation, Message } from '../contract/conversation/schema.ts';
import type { ReadableDatabase, WritableDatabase } from '../database/database.ts';
import { get, run, transaction } from '../database/sql.ts';
import { samplingColumnNames } from '../settings/sampling-columns.ts';
import type { ConversationContext } from './context.ts';
import { copyAttachments } from './store/attachments.ts';
import { getConversation, insertConversation, setHead } from './store/conversations.ts';
import { getMessageRow, pathTo } from './store/messages.ts';
import { readOptions, writeOptions } from './store/options.ts';
import { readVersions } from './store/thread.ts';
import { branchTitle } from './title.ts';

/**
 * Starts a new conversation as a copy of everything up to `messageId`, with the same options. The two are independent
 * from then on. Throws Failure `message-unknown`, `answer-in-progress`.
 */
export function branchConversation(context: ConversationContext, messageId: number): Conversation {
	const { database, events, clock } = context;
	const message = getMessageRow(database, messageId);
	if (message.status === 'streaming') {
		throw new Failure({
			code: 'answer-in-progress',
			message: 'This answer is still being written.',
			next: ['Wait for it, or stop it, then branch', 'Branch from the message before it'],
		});
	}
	const from = getConversation(database, message.conversationId);
	const id = transaction(database, () => {
		const now = clock();
		const { titleSource, systemPrompt, modelFileId } = from;
		const title = branchTitle(from.title, countBranches(database, from.id));
		const branch = insertConversation(database, {
			title,
			titleSource,
			systemPrompt,
			modelFileId,
			createdAt: now,
			updatedAt: now,
		});
		writeOptions(database, branch, readOptions(database, from.id));
		run(
			database,
			`UPDATE conversations SET branched_from_id = :messageId,
			   folder_id = (SELECT folder_id FROM conversations WHERE id = :from)
			 WHERE id = :branch`,
			{ messageId, from: from.id, branch },
		);
		setHead(database, branch, copyBranch(database, messageId, branch));
		return branch;
	});
	events.publish({ type: 'conversation-changed', conversationId: id });
	return getConversation(database, id);
}

/**
 * Returns every message with the same parent, including answers that are being generated. Throws Failure
 * `message-unknown`.
 */
export function versionsOf(context: ConversationContext, messageId: number): readonly Message[] {
	return readVersions(context.database, messageId, (id) => context.answers.message(id));
}

const generationColumns = `model_file_id, model_name, quantization, engine_build, ${samplingColumnNames},
  system_prompt, context_size, threads, prompt_tokens, cached_tokens,
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
 * Copies the messages from the first one to `head` into another conversation, with their generations and attachments.
 * Returns the copy of `head`. Call it in a transaction.
 */
function copyBranch(database: WritableDatabase, head: number, conversationId: number): number | null {
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

/** Counts the conversations that were branched from this one. */
function countBranches(database: ReadableDatabase, conversationId: number): number {
	return get<{ n: number }>(database, branchesOfConversation, { conversationId })?.n ?? 0;
}
