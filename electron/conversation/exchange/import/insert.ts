import type { WritableDatabase } from '../../../database/handle.ts';
import { run } from '../../../database/sql.ts';
import { insertAttachment } from '../../store/attachments.ts';
import { setHead } from '../../store/conversations.ts';
import { completeGeneration, insertGeneration, setGenerationEngine } from '../../store/generations.ts';
import { insertMessage } from '../../store/messages.ts';
import type { ExportedConversation } from '../document.ts';
import { importingMark } from './arriving.ts';

const setStatus = 'UPDATE messages SET status = :status WHERE id = :messageId';

type ExportedMessage = ExportedConversation['messages'][number];

/**
 * Writes a conversation that nobody sees yet, message by message: each step is small, so that the caller can end its
 * transaction between any two. Returns its id.
 */
export function* insertImported(
	database: WritableDatabase,
	conversation: ExportedConversation,
): Generator<void, number> {
	const { title, titleSource, systemPrompt, createdAt, updatedAt, headId, messages } = conversation;
	const { pinnedAt, archivedAt, importedFrom, importedKey } = conversation;
	const conversationId = run(
		database,
		`INSERT INTO conversations (title, title_source, system_prompt, created_at, updated_at, deleted_at, pinned_at,
		   archived_at, imported_from, imported_key)
		 VALUES (:title, :titleSource, :systemPrompt, :createdAt, :updatedAt, :arriving, :pinnedAt, :archivedAt,
		   :importedFrom, :importedKey)`,
		{
			title,
			titleSource,
			systemPrompt,
			createdAt,
			updatedAt,
			arriving: importingMark,
			pinnedAt,
			archivedAt,
			importedFrom,
			importedKey,
		},
	).id;
	const ids = new Map<number, number>();
	const idOf = (number: number | null): number | null => (number === null ? null : (ids.get(number) ?? null));
	for (const message of messages) {
		const { id, parentId, continuesId, generation, attachments: _, ...rest } = message;
		const place = { conversationId, parentId: idOf(parentId), continuesId: idOf(continuesId) };
		// It is indexed once, when all that is indexed of it is there.
		const status = generation === null ? rest.status : 'streaming';
		const messageId = insertMessage(database, { ...rest, ...place, status });
		ids.set(id, messageId);
		insertAttachmentsAndGeneration(database, messageId, message, systemPrompt);
		if (generation !== null) run(database, setStatus, { messageId, status: rest.status });
		yield;
	}
	setHead(database, conversationId, idOf(headId));
	return conversationId;
}

function insertAttachmentsAndGeneration(
	database: WritableDatabase,
	messageId: number,
	{ generation, attachments, createdAt }: ExportedMessage,
	systemPrompt: string,
): void {
	for (const [position, attachment] of attachments.entries()) {
		insertAttachment(database, { messageId, conversationId: null, position }, attachment, createdAt);
	}
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
}
