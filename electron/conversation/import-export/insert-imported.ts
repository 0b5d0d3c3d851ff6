import type { OverflowUse } from '../../contract/conversation/overflow.ts';
import type { WritableDatabase } from '../../database/database.ts';
import { run, transaction } from '../../database/sql.ts';
import { insertAttachment } from '../store/attachments.ts';
import { readOverflow, storeOverflow } from '../store/context-overflow.ts';
import { insertLedger } from '../store/context-pieces.ts';
import { headOf, setHead } from '../store/conversations.ts';
import { completeGeneration, insertGeneration, setGenerationEngine } from '../store/generations.ts';
import { insertMessage, setStatus } from '../store/messages.ts';
import { insertRounds, roundsFromElsewhere } from '../store/rounds.ts';
import { chooseSummary, insertSummary, listSummaries, nameUsedSummaries, type SummaryRow } from '../store/summaries.ts';
import type { ExportedConversation } from './document.ts';
import { readExported } from './exported-conversation.ts';
import { matchMessages } from './find-existing.ts';
import { type ImportMarks, markImported } from './import-visibility.ts';

type ExportedMessage = ExportedConversation['messages'][number];

/**
 * Inserts a hidden conversation, message by message, in small steps so that the caller can end its transaction between
 * any two. Returns its id.
 */
export function* insertImported(
	database: WritableDatabase,
	conversation: ExportedConversation,
	{ importing }: ImportMarks,
): Generator<void, number> {
	const { title, titleSource, systemPrompt, createdAt, updatedAt, headId, messages } = conversation;
	const { pinnedAt, archivedAt, importedFrom, importedKey } = conversation;
	const conversationId = run(
		database,
		`INSERT INTO conversations (title, title_source, system_prompt, created_at, updated_at, deleted_at, pinned_at,
		   archived_at, imported_from, imported_key)
		 VALUES (:title, :titleSource, :systemPrompt, :createdAt, :updatedAt, :importing, :pinnedAt, :archivedAt,
		   :importedFrom, :importedKey)`,
		{
			title,
			titleSource,
			systemPrompt,
			createdAt,
			updatedAt,
			importing,
			pinnedAt,
			archivedAt,
			importedFrom,
			importedKey,
		},
	).id;
	const ids = new Map<number, number>();
	const idOf = (number: number | null): number | null => (number === null ? null : (ids.get(number) ?? null));
	for (const message of messages) {
		const { id, parentId, continuesId, generation, attachments: _, ledger: __, rounds, ...rest } = message;
		const place = { conversationId, parentId: idOf(parentId), continuesId: idOf(continuesId) };
		// Stays 'streaming' until all indexed data is there, so that it is indexed only once.
		const isWhole = generation === null && rounds === undefined;
		const messageId = insertMessage(database, {
			...rest,
			...place,
			status: isWhole ? rest.status : 'streaming',
		});
		ids.set(id, messageId);
		insertParts(database, messageId, message, systemPrompt, idOf);
		if (!isWhole) setStatus(database, messageId, rest.status);
		yield;
	}
	setHead(database, conversationId, idOf(headId));
	const numbers = new Set<number>();
	for (const { number, untilId, active: _, ...version } of conversation.summaries ?? []) {
		const until = idOf(untilId);
		if (until === null || numbers.has(number)) continue;
		numbers.add(number);
		insertSummary(database, { ...version, number, conversationId, untilId: until });
	}
	nameUsedSummaries(database, conversationId);
	return conversationId;
}

/** Inserts what belongs to a message: attachments, rounds, its generation. */
function insertParts(
	database: WritableDatabase,
	messageId: number,
	{ generation, attachments, createdAt, ledger, rounds = [] }: ExportedMessage,
	systemPrompt: string,
	idOf: (number: number | null) => number | null,
): void {
	for (const [position, attachment] of attachments.entries()) {
		insertAttachment(database, { messageId, conversationId: null, position }, attachment, createdAt);
	}
	insertRounds(database, messageId, roundsFromElsewhere(rounds, createdAt));
	if (generation === null) return;
	const { modelName, quantization, sampling, engineBuild, contextSize, threads, ...numbers } = generation;
	const generationId = insertGeneration(database, {
		messageId,
		modelFileId: null,
		modelName,
		quantization,
		sampling: { ...sampling, seed: sampling.seed ?? 0 },
		systemPrompt,
	});
	setGenerationEngine(database, generationId, { engineBuild, contextSize, threads });
	completeGeneration(database, generationId, { ...numbers, tokenIds: [] });
	if (ledger === undefined) return;
	const { parts, leftOut, unfoundQuotes, overflow } = ledger;
	// The documents are elsewhere, so no number names a source that could be opened here.
	insertLedger(database, messageId, {
		...{ parts, leftOut, unfoundQuotes, knownSources: 0 },
		...(overflow === undefined ? {} : { overflow: importedOverflow(overflow, idOf) }),
	});
}

/** undefined: an older file doesn't say where the prompt begins. */
function importedOverflow(
	{ policy, leftOut, firstSentId, summary }: NonNullable<NonNullable<ExportedMessage['ledger']>['overflow']>,
	idOf: (number: number | null) => number | null,
): OverflowUse | undefined {
	if (firstSentId === undefined) return undefined;
	const untilId = idOf(summary?.untilId ?? null);
	// The versions themselves come once all messages are there.
	const used = summary === undefined || untilId === null ? null : { ...summary, id: null, untilId };
	return { policy, leftOut, firstSentId: idOf(firstSentId), summary: used };
}

/** Remaining work for an inserted conversation. */
export interface InsertedConversation {
	readonly id: number;
	readonly tags: readonly string[];
	readonly folder: string | null;
	/** The existing conversation that it extends, and that its new messages move to. */
	readonly into: number | null;
}

/**
 * Commits the import in one transaction: before it, none of the import exists; after it, all of it does. New
 * conversations then only need to be revealed (`revealImported`).
 */
export function commitImport(
	database: WritableDatabase,
	marks: ImportMarks,
	arrivals: readonly InsertedConversation[],
	now: number,
): void {
	transaction(database, () => {
		for (const { id, into, tags, folder } of arrivals) {
			if (into !== null) mergeIntoExisting(database, id, into);
			else {
				for (const name of tags) tagImported(database, id, name, now);
				if (folder !== null) putInFolder(database, id, folder, now);
			}
		}
		markImported(database, marks);
	});
}

function tagImported(database: WritableDatabase, id: number, name: string, now: number): void {
	run(database, 'INSERT OR IGNORE INTO tags (name, created_at) VALUES (:name, :now)', { name, now });
	run(
		database,
		'INSERT OR IGNORE INTO conversation_tags (conversation_id, tag_id) SELECT :id, id FROM tags WHERE name = :name',
		{ id, name },
	);
}

function putInFolder(database: WritableDatabase, id: number, name: string, now: number): void {
	run(
		database,
		`INSERT OR IGNORE INTO folders (name, position, created_at)
		 VALUES (:name, (SELECT coalesce(max(position), 0) + 1 FROM folders), :now)`,
		{ name, now },
	);
	run(database, 'UPDATE conversations SET folder_id = (SELECT id FROM folders WHERE name = :name) WHERE id = :id', {
		id,
		name,
	});
}

/**
 * Moves the new messages to the existing conversation, each below the message that it followed, and deletes the rest,
 * which exists already. The current branch changes only if nobody has continued it here meanwhile.
 */
function mergeIntoExisting(database: WritableDatabase, from: number, into: number): void {
	const arrived = readExported(database, from);
	const existing = readExported(database, into);
	if (arrived === null || existing === null) return;
	const matches = matchMessages(arrived.conversation, existing.conversation);
	/** Existing ids by incoming message number. */
	const places = new Map<number, number | null>();
	const shared = new Set<number>();
	const moved: number[] = [];
	const placeOf = (number: number | null): number | null => (number === null ? null : (places.get(number) ?? null));
	for (const { id: number, parentId, continuesId } of arrived.conversation.messages) {
		const own = arrived.messageIds[number - 1] ?? 0;
		const same = matches.get(number);
		const id = same === undefined ? own : same === null ? null : (existing.messageIds[same - 1] ?? 0);
		places.set(number, id);
		if (same !== undefined) {
			if (id !== null) shared.add(id);
			continue;
		}
		moved.push(own);
		run(
			database,
			'UPDATE messages SET conversation_id = :into, parent_id = :parentId, continues_id = :continuesId WHERE id = :own',
			{ into, own, parentId: placeOf(parentId), continuesId: placeOf(continuesId) },
		);
	}
	const head = headOf(database, into);
	const next = placeOf(arrived.conversation.headId);
	if (next !== null && (head === null || shared.has(head))) {
		run(database, 'UPDATE conversations SET head_message_id = :next WHERE id = :into', { into, next });
	}
	const { updatedAt } = arrived.conversation;
	run(database, 'UPDATE conversations SET updated_at = max(updated_at, :updatedAt) WHERE id = :into', {
		into,
		updatedAt,
	});
	const placesById = new Map(arrived.messageIds.map((id, index) => [id, placeOf(index + 1)]));
	moveSummaries(database, { from, into, moved }, (id) => placesById.get(id) ?? null);
	run(database, 'DELETE FROM conversations WHERE id = :from', { from });
}

/**
 * Adds the summary versions that this conversation lacks, and points the moved answers at them. The version in use stays
 * in use, unless the import contains it too. `placeOf` returns where a message is now.
 */
function moveSummaries(
	database: WritableDatabase,
	{ from, into, moved }: { readonly from: number; readonly into: number; readonly moved: readonly number[] },
	placeOf: (messageId: number) => number | null,
): void {
	const here = listSummaries(database, into);
	const [inUse] = here;
	/** By their ids in the file. */
	const versions = new Map<number, SummaryRow>();
	for (const { id, number: _, ...version } of listSummaries(database, from).toReversed()) {
		const untilId = placeOf(version.untilId);
		if (untilId === null) continue;
		const same = here.find((one) => one.untilId === untilId && one.text === version.text);
		versions.set(id, same ?? insertSummary(database, { ...version, conversationId: into, untilId }));
	}
	const isNew = [...versions.values()].some((one) => !here.includes(one));
	if (inUse !== undefined && isNew && ![...versions.values()].includes(inUse)) chooseSummary(database, inUse);
	for (const [messageId, use] of readOverflow(database, moved)) {
		const { firstSentId, summary } = use;
		const untilId = summary === null ? null : placeOf(summary.untilId);
		const version = versions.get(summary?.id ?? 0);
		const given =
			summary === null || untilId === null
				? null
				: { ...summary, untilId, id: version?.id ?? null, number: version?.number ?? summary.number };
		storeOverflow(database, messageId, {
			...use,
			firstSentId: firstSentId === null ? null : placeOf(firstSentId),
			summary: given,
		});
	}
}
