import { failureSchema } from '../../../models/contract/failure.ts';
import type { Ledger } from '../../contract/conversation/ledger.ts';
import { joinRounds } from '../../contract/conversation/round-texts.ts';
import type { Attachment, Message, Thread } from '../../contract/conversation/schema.ts';
import type { AnswerRound } from '../../contract/conversation/steps.ts';
import type { ReadableDatabase } from '../../database/database.ts';
import { splitReasoning } from '../reasoning.ts';
import { attachmentsByMessage, attachmentsOf } from './attachments.ts';
import { chunkText } from './chunks.ts';
import { readLedgers } from './context-pieces.ts';
import { getConversation, headOf, originOf } from './conversations.ts';
import { generationOf } from './generations.ts';
import { getMessageRow, type MessageRow, rowsOnPath, siblingIds } from './messages.ts';
import { readOptions } from './options.ts';
import { roundsByMessage, roundsOf } from './rounds.ts';

/** The state in memory of an answer that is being generated: newer than its row. */
export type Overlay = (messageId: number) => Partial<Message> | undefined;

/**
 * Reads a conversation with its current branch, or with the last `limit` messages of it. Throws Failure
 * `conversation-unknown`.
 */
export function readThread(database: ReadableDatabase, id: number, overlay: Overlay, limit?: number): Thread {
	const conversation = getConversation(database, id);
	const options = readOptions(database, id);
	const origin = originOf(database, id);
	const head = headOf(database, id);
	const rows = head === null ? [] : rowsOnPath(database, head, limit);
	return { conversation, options, origin, messages: messagesOf(database, rows, overlay) };
}

/** Reads up to `limit` messages before one of a conversation. Throws Failure `message-unknown`. */
export function readEarlier(database: ReadableDatabase, before: number, limit: number, overlay: Overlay): Message[] {
	const { parentId } = getMessageRow(database, before);
	return parentId === null ? [] : messagesOf(database, rowsOnPath(database, parentId, limit), overlay);
}

function messagesOf(database: ReadableDatabase, rows: readonly MessageRow[], overlay: Overlay): Message[] {
	const siblings = siblingIds(database, rows);
	const ids = rows.map(({ id }) => id);
	const attached = attachmentsByMessage(database, ids);
	const rounds = roundsByMessage(database, ids);
	const ledgers = readLedgers(database, ids);
	return rows.map((row) => ({
		...messageOf(
			database,
			row,
			siblings.get(row.parentId) ?? [row.id],
			attached.get(row.id) ?? [],
			rounds.get(row.id) ?? [],
			ledgers.get(row.id) ?? null,
		),
		...overlay(row.id),
	}));
}

/** Reads one message as the page sees it. Throws Failure `message-unknown`. */
export function readMessage(database: ReadableDatabase, id: number): Message {
	const row = getMessageRow(database, id);
	return messageOf(database, row, siblingIds(database, [row]).get(row.parentId) ?? [id]);
}

/** Returns the text of an answer that is being generated: of its rounds, then of its chunks. */
export function textSoFar(
	database: ReadableDatabase,
	{ id, content, reasoning }: Pick<MessageRow, 'id' | 'content' | 'reasoning'>,
): { content: string; reasoning: string | null } {
	const written = splitReasoning(chunkText(database, id));
	const thought = joinRounds(reasoning ?? '', written.reasoning ?? '');
	return { content: joinRounds(content, written.content), reasoning: thought === '' ? null : thought };
}

/** Converts a row to what the page sees. A message that is being generated takes its text from the chunks. */
export function messageOf(
	database: ReadableDatabase,
	row: MessageRow,
	siblings: readonly number[],
	attachments: readonly Attachment[] = row.role === 'user' ? attachmentsOf(database, row.id) : [],
	rounds: readonly AnswerRound[] = row.role === 'assistant' ? roundsOf(database, row.id) : [],
	ledger: Ledger | null | undefined = row.role === 'user' ? undefined : readLedgers(database, [row.id]).get(row.id),
): Message {
	const { id, conversationId, parentId, role, status, createdAt, completedAt, continuesId } = row;
	const text =
		status === 'streaming'
			? { ...textSoFar(database, row), reasoningMs: null }
			: { content: row.content, reasoning: row.reasoning, reasoningMs: row.reasoningMs };
	return {
		id,
		conversationId,
		parentId,
		role,
		status,
		...text,
		...(rounds.length === 0 ? {} : { rounds: [...rounds] }),
		createdAt,
		completedAt,
		failure: row.failure === null ? null : failureSchema.parse(JSON.parse(row.failure)),
		generation: row.generationId === null ? null : generationOf(row),
		continuesId,
		...(row.importedModel === null ? {} : { importedModel: row.importedModel }),
		siblings: [...siblings],
		attachments: [...attachments],
		...(ledger === undefined || ledger === null ? {} : { ledger }),
	};
}

/** Ids of siblings in one reply: each message lists all of its siblings. */
const maxListedSiblings = 200_000;

/** Fewest messages with the same parent in one reply: as many as models can answer a message side by side. */
const minVersions = 8;

/**
 * Returns the messages with the same parent as `id`, oldest first; the newest ones and `id` if there are too many to
 * be shown. Throws Failure `message-unknown`.
 */
export function readVersions(database: ReadableDatabase, id: number, overlay: Overlay): readonly Message[] {
	const row = getMessageRow(database, id);
	const siblings = siblingIds(database, [row]).get(row.parentId) ?? [id];
	const most = Math.max(minVersions, Math.floor(maxListedSiblings / siblings.length));
	const newest = siblings.slice(-most);
	const shown = newest.includes(id) ? newest : [id, ...newest.slice(1)];
	return shown.map((sibling) => ({
		...messageOf(database, sibling === id ? row : getMessageRow(database, sibling), siblings),
		...overlay(sibling),
	}));
}
