import { Failure } from '../../../models/contract/failure.ts';
import type { Conversation } from '../../contract/conversation.ts';
import { all, transaction } from '../../database/sql.ts';
import type { ConversationContext } from '../context.ts';
import { getConversation, insertConversation, setHead } from '../store/conversations.ts';
import { completeGeneration, insertGeneration, setEngine } from '../store/generations.ts';
import { insertMessage } from '../store/messages.ts';
import { cleanText } from '../text/clean-text.ts';
import { documentSchema, type ExportedConversation, exportedConversationSchema } from './document.ts';
import { exportedOf } from './export.ts';
import { readForeign } from './foreign.ts';
import { isContainedIn } from './same-content.ts';

export interface ImportResult {
	readonly conversations: Conversation[];
	/** What was left out, and why: already there, or not readable. */
	readonly skipped: { what: string; why: string }[];
}

/**
 * Brings in conversations from Assay's own JSON or another program's export (`foreign.ts`), all in one transaction.
 * What is already here with the same content is left out, so bringing a file in twice changes nothing the second time.
 * Throws Failure `import-unreadable`.
 */
export function importConversations(context: ConversationContext, text: string): ImportResult {
	const foreign = isDocument(text) ? null : readForeign(text);
	const documents = foreign?.conversations ?? parseDocument(text);
	const skipped: ImportResult['skipped'] = [...(foreign?.skipped ?? [])];
	const ids = transaction(context.database, () =>
		documents.flatMap((candidate, index) => {
			const what = nameOf(candidate, index);
			const parsed = exportedConversationSchema.safeParse(candidate);
			if (!parsed.success) {
				const [issue] = parsed.error.issues;
				skipped.push({ what, why: `not readable: ${issue?.path.join('.')}: ${issue?.message}` });
				return [];
			}
			const problem = treeProblem(parsed.data);
			if (problem !== null) {
				skipped.push({ what, why: problem });
				return [];
			}
			const conversation = cleanConversation(parsed.data);
			const same = findSame(context, conversation);
			if (same !== null) {
				skipped.push({ what, why: `already here${same.deletedAt === null ? '' : ', in the trash'}: “${same.title}”` });
				return [];
			}
			return [insertExported(context, conversation)];
		}),
	);
	for (const conversationId of ids) context.events.publish({ type: 'conversation-changed', conversationId });
	return { conversations: ids.map((id) => getConversation(context.database, id)), skipped };
}

/** Assay's own documents say so at their beginning. */
function isDocument(text: string): boolean {
	return /^\s*\{\s*"format"\s*:\s*"assay-conversations"/.test(text);
}

function parseDocument(text: string): readonly unknown[] {
	const unreadable = (detail: string): Failure =>
		new Failure({
			code: 'import-unreadable',
			message: 'This file is no export of conversations that Assay can read.',
			next: [
				'Choose a file that “Export as JSON” made',
				'Or one of ChatGPT (conversations.json), Open WebUI, LM Studio (*.conversation.json) or Jan (messages.jsonl)',
			],
			detail,
		});
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch (error) {
		throw unreadable(error instanceof Error ? error.message : String(error));
	}
	const parsed = documentSchema.safeParse(json);
	if (parsed.success) return parsed.data.conversations;
	throw unreadable(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
}

function nameOf(candidate: unknown, index: number): string {
	const title =
		typeof candidate === 'object' && candidate !== null && 'title' in candidate ? candidate.title : undefined;
	return typeof title === 'string' && title !== '' ? title.slice(0, 200) : `conversation ${index + 1}`;
}

/** Parents must come first: then nothing can be its own ancestor. */
function treeProblem({ messages, headId }: ExportedConversation): string | null {
	const seen = new Set<number>();
	for (const { id, parentId } of messages) {
		if (seen.has(id)) return `two messages have the number ${id}`;
		if (parentId !== null && !seen.has(parentId))
			return `message ${id} follows message ${parentId}, which is not before it`;
		seen.add(id);
	}
	return headId !== null && !seen.has(headId)
		? `the current branch ends in message ${headId}, which is not there`
		: null;
}

function cleanConversation(conversation: ExportedConversation): ExportedConversation {
	return {
		...conversation,
		title: cleanText(conversation.title),
		systemPrompt: cleanText(conversation.systemPrompt),
		messages: conversation.messages.map((message) => ({
			...message,
			content: cleanText(message.content),
			reasoning: message.reasoning === null ? null : cleanText(message.reasoning),
		})),
	};
}

/** A conversation begun in the same millisecond that holds everything the imported one does. */
function findSame(context: ConversationContext, conversation: ExportedConversation): Conversation | null {
	const candidates = all<{ id: number }>(
		context.database,
		'SELECT id FROM conversations WHERE created_at = :createdAt ORDER BY id',
		{ createdAt: conversation.createdAt },
	);
	for (const { id } of candidates) {
		const candidate = getConversation(context.database, id);
		if (isContainedIn(conversation, exportedOf(context, candidate))) return candidate;
	}
	return null;
}

function insertExported(context: ConversationContext, conversation: ExportedConversation): number {
	const { database } = context;
	const { title, titleSource, systemPrompt, createdAt, updatedAt, headId, messages } = conversation;
	const conversationId = insertConversation(database, {
		title,
		titleSource,
		systemPrompt,
		modelFileId: null,
		createdAt,
		updatedAt,
	});
	const ids = new Map<number, number>();
	for (const { id, parentId, generation, ...message } of messages) {
		const parent = parentId === null ? null : (ids.get(parentId) ?? null);
		const messageId = insertMessage(database, { ...message, conversationId, parentId: parent });
		ids.set(id, messageId);
		if (generation === null) continue;
		const { modelName, quantization, sampling, engineBuild, contextSize, threads, ...numbers } = generation;
		const generationId = insertGeneration(database, {
			messageId,
			modelFileId: null,
			modelName,
			quantization,
			sampling: { ...sampling, seed: sampling.seed ?? 0 },
			systemPrompt,
		});
		setEngine(database, generationId, { engineBuild, contextSize, threads });
		completeGeneration(database, generationId, { ...numbers, tokenIds: [] });
	}
	setHead(database, conversationId, headId === null ? null : (ids.get(headId) ?? null));
	return conversationId;
}
