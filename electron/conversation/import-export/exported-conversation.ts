import type { Ledger } from '../../contract/conversation/ledger.ts';
import type { OverflowUse } from '../../contract/conversation/overflow.ts';
import type { Conversation, Message } from '../../contract/conversation/schema.ts';
import type { AnswerRound } from '../../contract/conversation/steps.ts';
import type { ReadableDatabase } from '../../database/database.ts';
import { get } from '../../database/sql.ts';
import { attachedTextsByMessage } from '../store/attachments.ts';
import { readLedgers } from '../store/context-pieces.ts';
import { rowsOfConversation } from '../store/messages.ts';
import { roundsByMessage } from '../store/rounds.ts';
import { listSummaries, type SummaryRow } from '../store/summaries.ts';
import { messageOf } from '../store/thread.ts';
import { type ExportedConversation, exportedGenerationSchema } from './document.ts';

/** Fields of a conversation in a document, apart from its messages. */
export const exportedConversationRow = `SELECT c.title, c.title_source AS titleSource, c.system_prompt AS systemPrompt,
    c.created_at AS createdAt, c.updated_at AS updatedAt, c.pinned_at AS pinnedAt, c.archived_at AS archivedAt,
    c.imported_from AS importedFrom, c.imported_key AS importedKey, c.head_message_id AS head, f.name AS folder,
    (SELECT json_group_array(t.name ORDER BY t.name) FROM conversation_tags ct JOIN tags t ON t.id = ct.tag_id
     WHERE ct.conversation_id = c.id) AS tags
  FROM conversations c LEFT JOIN folders f ON f.id = c.folder_id WHERE c.id = :id`;

type Row = Pick<Conversation, 'title' | 'titleSource' | 'systemPrompt' | 'createdAt' | 'updatedAt'> &
	Pick<ExportedConversation, 'pinnedAt' | 'archivedAt' | 'importedFrom' | 'importedKey' | 'folder'> & {
		readonly head: number | null;
		/** JSON array of names. */
		readonly tags: string;
	};

/** A conversation and the local ids of its messages, in the order of the document. */
export interface ExportedRows {
	readonly conversation: ExportedConversation;
	readonly messageIds: readonly number[];
}

/**
 * Reads the whole tree with ids counted from 1: the same conversation gives the same text on every computer. An answer
 * that is still being generated has the text saved so far. null if the conversation no longer exists.
 */
export function readExported(database: ReadableDatabase, id: number): ExportedRows | null {
	const row = get<Row>(database, exportedConversationRow, { id });
	if (row === undefined) return null;
	const { head, tags, ...facts } = row;
	const rows = rowsOfConversation(database, id);
	const attached = attachedTextsByMessage(database, id);
	const messageIds = rows.map((each) => each.id);
	const rounds = roundsByMessage(database, messageIds);
	const ledgers = readLedgers(database, messageIds);
	const numbers = new Map(rows.map((each, index) => [each.id, index + 1]));
	const numberOf = (messageId: number | null): number | null =>
		messageId === null ? null : (numbers.get(messageId) ?? null);
	const messages = rows.map((each, index) => ({
		...exportedMessage(
			messageOf(database, each, [], [], rounds.get(each.id) ?? [], ledgers.get(each.id) ?? null),
			numberOf,
		),
		id: index + 1,
		parentId: numberOf(each.parentId),
		continuesId: numberOf(each.continuesId),
		attachments: (attached.get(each.id) ?? []).map((attachment) => ({ ...attachment })),
	}));
	const conversation = { ...facts, tags: JSON.parse(tags) as string[], headId: numberOf(head), messages };
	const versions = listSummaries(database, id);
	if (versions.length === 0) return { conversation, messageIds };
	const shown = new Set(shownBranch(conversation).map(({ id: number }) => number));
	const active = versions.find(({ untilId }) => shown.has(numberOf(untilId) ?? 0));
	const summaries = versions
		.toReversed()
		.flatMap((version) => exportedSummary(version, numberOf(version.untilId), version === active));
	return { conversation: { ...conversation, summaries }, messageIds };
}

/** `untilId`: number of the message in the document; null: it is not there. */
function exportedSummary(
	{ number, text, messages, writtenBy, modelName, createdAt, atOnce }: SummaryRow,
	untilId: number | null,
	active: boolean,
): NonNullable<ExportedConversation['summaries']> {
	if (untilId === null) return [];
	return [{ number, text, untilId, messages, writtenBy, modelName, createdAt, atOnce, active }];
}

type ExportedMessage = ExportedConversation['messages'][number];

const generationKeys = exportedGenerationSchema.keyof().options;

type NumberOf = (messageId: number | null) => number | null;

function exportedMessage(
	message: Message,
	numberOf: NumberOf,
): Omit<ExportedMessage, 'id' | 'parentId' | 'continuesId' | 'attachments'> {
	const { role, status, content, reasoning, reasoningMs, createdAt, completedAt, failure, generation } = message;
	return {
		role,
		// An answer in a file cannot be in progress: the file holds its text so far.
		status: status === 'streaming' ? 'interrupted' : status,
		content,
		...(message.rounds === undefined ? {} : { rounds: message.rounds.map(exportedRound) }),
		reasoning,
		reasoningMs,
		createdAt,
		completedAt,
		failure,
		importedModel: message.importedModel ?? null,
		generation: generation === null ? null : withoutIds(generation),
		...(message.ledger === undefined ? {} : { ledger: exportedLedger(message.ledger, numberOf) }),
	};
}

function exportedLedger(
	{ leftOut, sources, overflow, ...ledger }: Ledger,
	numberOf: NumberOf,
): ExportedMessage['ledger'] {
	return {
		...ledger,
		leftOut: leftOut.map(({ said: _, ...one }) => one),
		sources: sources.map(({ documentId: _, messageId: __, ...source }) => source),
		...(overflow === undefined ? {} : { overflow: exportedOverflow(overflow, numberOf) }),
	};
}

function exportedOverflow({ policy, leftOut, firstSentId, summary }: OverflowUse, numberOf: NumberOf) {
	const until = numberOf(summary?.untilId ?? null);
	const given = summary === null || until === null ? null : { number: summary.number, messages: summary.messages };
	return {
		...{ policy, leftOut, firstSentId: numberOf(firstSentId) },
		...(given === null || until === null ? {} : { summary: { ...given, untilId: until } }),
	};
}

/** A step in a file can't be in progress either. */
function exportedRound({ steps, ...round }: AnswerRound): AnswerRound {
	const ended = (status: AnswerRound['steps'][number]['status']) =>
		status === 'waiting' || status === 'asking' || status === 'running' ? 'interrupted' : status;
	return { ...round, steps: steps.map((step) => ({ ...step, status: ended(step.status) })) };
}

/** Keeps the fields of the document and drops those of the local row. */
function withoutIds(generation: NonNullable<Message['generation']>): NonNullable<ExportedMessage['generation']> {
	const kept = generationKeys.map((key) => [key, generation[key]]);
	return Object.fromEntries(kept) as NonNullable<ExportedMessage['generation']>;
}

/** Returns the messages of the current branch, first to last. */
export function shownBranch({ messages, headId }: ExportedConversation): readonly ExportedMessage[] {
	const byId = new Map(messages.map((message) => [message.id, message]));
	const branch: ExportedMessage[] = [];
	for (let id = headId; id !== null; id = byId.get(id)?.parentId ?? null) {
		const message = byId.get(id);
		if (message !== undefined) branch.push(message);
	}
	return branch.reverse();
}
