import { setImmediate } from 'node:timers/promises';
import { Failure } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';
import type { Conversation, Message } from '../contract/conversation/schema.ts';
import type { ReadableDatabase, WritableDatabase } from '../database/database.ts';
import { get, run, transaction } from '../database/sql.ts';
import { samplingColumnNames } from '../settings/sampling-columns.ts';
import { branchPath } from './branch-path.ts';
import type { ConversationContext } from './context.ts';
import { newImportMarks } from './import-export/import-visibility.ts';
import { copyAttachments } from './store/attachments.ts';
import { copyOverflow } from './store/context-overflow.ts';
import { copyContext } from './store/context-pieces.ts';
import { getConversation, insertConversation, setHead } from './store/conversations.ts';
import { getMessageRow } from './store/messages.ts';
import { readOptions, writeOptions } from './store/options.ts';
import { copySummaries } from './store/summaries.ts';
import { readVersions } from './store/thread.ts';
import { branchTitle } from './title.ts';

/** Messages to copy in one transaction: some milliseconds, during which nothing else runs. */
const copiedAtOnce = 100;

/**
 * Starts a new conversation as a copy of everything up to `messageId`, with the same options. The two are independent
 * from then on. A long one is copied in steps and hidden until all of it is there. Throws Failure `message-unknown`,
 * `answer-in-progress`, `disk-full`.
 */
export async function branchConversation(context: ConversationContext, messageId: number): Promise<Conversation> {
	const { database, events, clock } = context;
	const message = getMessageRow(database, messageId);
	if (message.status === 'streaming') {
		throw new Failure({
			code: 'answer-in-progress',
			message: said`This answer is still being written.`,
			next: [said`Wait for it, or stop it, then branch`, said`Branch from the message before it`],
		});
	}
	const from = getConversation(database, message.conversationId);
	const path = await branchPath(database, messageId);
	const mark = path.length > copiedAtOnce ? newImportMarks(database).importing : null;
	/** The copy of each message. */
	const copies = new Map<number, number>();
	const copy = transaction(database, () => {
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
			`UPDATE conversations SET branched_from_id = :messageId, deleted_at = :mark,
			   folder_id = (SELECT folder_id FROM conversations WHERE id = :from)
			 WHERE id = :branch`,
			{ messageId, from: from.id, branch, mark },
		);
		const head = copyMessages(database, path.slice(0, copiedAtOnce), branch, null, copies);
		setHead(database, branch, head);
		if (mark === null) copySummaries(database, from.id, branch, copies);
		return { id: branch, head, from: from.id };
	});
	const { id } = copy;
	if (mark !== null) await copyRest(database, path, copy, copies);
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
  drafted_tokens, accepted_tokens, answer_format, message_prompt, adapters, width, tools,
  unfound_quotes, known_sources`;

const copyMessage = `INSERT INTO messages (conversation_id, parent_id, role, status, content, reasoning, reasoning_ms,
    failure, created_at, completed_at, model_name)
  SELECT :conversationId, :parentId, role, 'streaming', content, reasoning, reasoning_ms, failure, created_at, completed_at,
    model_name
  FROM messages WHERE id = :id`;

const copyRounds = `INSERT INTO answer_rounds (message_id, round, content_end, reasoning_end, prompt_tokens, cached_tokens,
    completion_tokens)
  SELECT :copy, round, content_end, reasoning_end, prompt_tokens, cached_tokens, completion_tokens
  FROM answer_rounds WHERE message_id = :id`;

const copySteps = `INSERT INTO answer_steps (message_id, round, position, call_id, server, name, arguments, status, result,
    started_at, duration_ms)
  SELECT :copy, round, position, call_id, server, name, arguments, status, result, started_at, duration_ms
  FROM answer_steps WHERE message_id = :id ORDER BY round, position`;

/** The copy stays 'streaming' until all indexed data is there, so that it is indexed only once. */
const copyStatus = `UPDATE messages SET status = (SELECT status FROM messages WHERE id = :id) WHERE id = :copy`;

const copyGeneration = `INSERT INTO generations (message_id, ${generationColumns})
  SELECT :copy, ${generationColumns} FROM generations WHERE message_id = :id`;

/** Copies the rest of a branch, whose beginning was copied, and reveals it. A failure leaves it to the trash's next run. */
async function copyRest(
	database: WritableDatabase,
	path: readonly number[],
	{ id, head, from }: { readonly id: number; readonly head: number | null; readonly from: number },
	copies: Map<number, number>,
): Promise<void> {
	try {
		let last = head;
		for (let at = copiedAtOnce; at < path.length; at += copiedAtOnce) {
			await setImmediate();
			last = transaction(database, () => copyMessages(database, path.slice(at, at + copiedAtOnce), id, last, copies));
		}
		transaction(database, () => {
			setHead(database, id, last);
			copySummaries(database, from, id, copies);
			run(database, 'UPDATE conversations SET deleted_at = NULL WHERE id = :id', { id });
		});
	} catch (error) {
		run(database, 'UPDATE conversations SET deleted_at = 0 WHERE id = :id', { id });
		throw error;
	}
}

/**
 * Copies messages, each the parent of the next, into another conversation below `parent`, with their generations and
 * attachments, and notes them in `copies`. Returns the copy of the last. Call it in a transaction.
 */
function copyMessages(
	database: WritableDatabase,
	messageIds: readonly number[],
	conversationId: number,
	parent: number | null,
	copies: Map<number, number>,
): number | null {
	let parentId = parent;
	for (const id of messageIds) {
		const copy: number = run(database, copyMessage, { id, conversationId, parentId }).id;
		for (const sql of [copyRounds, copySteps, copyGeneration]) run(database, sql, { id, copy });
		copies.set(id, copy);
		copyContext(database, id, copy);
		copyOverflow(database, id, copy, copies);
		copyAttachments(database, id, copy);
		run(database, copyStatus, { id, copy });
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
