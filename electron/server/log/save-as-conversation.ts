import { defaultSampling } from '../../../models/contract/default-sampling.ts';
import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import type { Conversation } from '../../contract/conversation/schema.ts';
import type { KeptAnswer, KeptPrompt, RequestBody, ServerRequest } from '../../contract/server/request-log.ts';
import { cleanText } from '../../conversation/clean-text.ts';
import { getConversation, insertConversation, setHead } from '../../conversation/store/conversations.ts';
import { completeGeneration, insertGeneration } from '../../conversation/store/generations.ts';
import { getMessageRow, insertMessage } from '../../conversation/store/messages.ts';
import { titleFromMessage } from '../../conversation/title.ts';
import type { WritableDatabase } from '../../database/database.ts';
import { get, run, transaction } from '../../database/sql.ts';
import type { EventBus } from '../../events.ts';
import { openRequest } from './history.ts';
import type { RequestLog } from './request-log.ts';
import { messageOfRequest, setMessageOfRequest } from './store.ts';

/** What storing a request elsewhere needs. */
export interface KeepContext {
	readonly database: WritableDatabase;
	readonly events: EventBus;
	readonly clock: () => number;
	readonly requests: RequestLog;
}

/**
 * Stores a request as a conversation with its answer; again, the same one. Throws Failure `request-unknown`,
 * `request-not-kept`, `request-without-prompt`.
 */
export function replayRequest(context: KeepContext, id: number): Conversation {
	const { request, body } = openRequest(context, id);
	if (body === null) throw notKept();
	if (body.prompt === null) throw withoutPrompt();
	const messageId = keepAnswer(context, request, body, false);
	const { conversationId } = getMessageRow(context.database, messageId);
	const { changes } = run(context.database, 'UPDATE conversations SET archived_at = NULL WHERE id = :id', {
		id: conversationId,
	});
	if (changes > 0) context.events.publish({ type: 'organisation-changed' });
	return getConversation(context.database, conversationId);
}

/**
 * Returns the message that stores the answer of a request, and stores it if necessary: the exact prompt and answer if
 * its texts are kept, else only which model answered and its figures. `archived`: the conversation is in the archive, where
 * it is in nobody's way.
 */
export function keepAnswer(
	{ database, events, clock }: KeepContext,
	request: ServerRequest,
	body: RequestBody | null,
	archived: boolean,
): number {
	const known = messageOfRequest(database, request.id);
	if (known !== null && isLive(database, known)) return known;
	const { systemPrompt, messages } = messagesOf(body?.prompt ?? null);
	const model = modelOf(database, request);
	const [answer] = body?.answers ?? [];
	const first = messages.find(({ role }) => role === 'user')?.content ?? '';
	const client = request.client === '' ? 'another program' : request.client;
	const { conversationId, messageId } = transaction(database, () => {
		const now = clock();
		const conversation = insertConversation(database, {
			title: first.trim() === '' ? `Request from ${client}` : titleFromMessage(first),
			titleSource: 'automatic',
			systemPrompt,
			modelFileId: request.modelFileId,
			createdAt: request.startedAt,
			updatedAt: now,
		});
		let parentId: number | null = null;
		const insert = (role: 'user' | 'assistant', content: string, reasoning: string | null): number =>
			insertMessage(database, {
				conversationId: conversation,
				parentId,
				role,
				status: 'complete',
				content: cleanText(content),
				reasoning: reasoning === null || reasoning === '' ? null : cleanText(reasoning),
				createdAt: request.startedAt,
				completedAt: request.startedAt + Math.round(request.durationMs),
			});
		for (const { role, content } of messages) parentId = insert(role, content, null);
		const written = `${body?.prompt?.prefill ?? ''}${withCalls(answer?.content ?? '', answer?.calls ?? [])}`;
		const head = insert('assistant', written, answer?.reasoning ?? null);
		const sampling = body?.prompt?.sampling ?? defaultSampling;
		const generation = insertGeneration(database, {
			messageId: head,
			modelFileId: request.modelFileId,
			modelName: model.name,
			quantization: model.quantization,
			sampling: { ...sampling, seed: sampling.seed ?? 0 },
			systemPrompt,
		});
		completeGeneration(database, generation, {
			stopReason: null,
			stopString: null,
			promptTokens: request.promptTokens ?? 0,
			cachedTokens: request.cachedTokens ?? 0,
			completionTokens: request.completionTokens ?? 0,
			droppedTurns: 0,
			ttftMs: request.ttftMs ?? 0,
			promptMs: 0,
			generationMs: request.generationMs ?? 0,
			tokenIds: [],
		});
		setHead(database, conversation, head);
		if (archived) {
			run(database, 'UPDATE conversations SET archived_at = :now WHERE id = :id', { id: conversation, now });
		}
		setMessageOfRequest(database, request.id, head);
		return { conversationId: conversation, messageId: head };
	});
	events.publish({ type: 'conversation-changed', conversationId });
	return messageId;
}

function isLive(database: WritableDatabase, messageId: number): boolean {
	const sql = `SELECT 1 AS found FROM messages m JOIN conversations c ON c.id = m.conversation_id
	  WHERE m.id = :messageId AND c.deleted_at IS NULL`;
	return get(database, sql, { messageId }) !== undefined;
}

/** The turns as messages of a conversation: system turns at the start are its system prompt. */
function messagesOf(prompt: KeptPrompt | null): {
	readonly systemPrompt: string;
	readonly messages: readonly { readonly role: 'user' | 'assistant'; readonly content: string }[];
} {
	if (prompt === null) return { systemPrompt: '', messages: [{ role: 'user', content: '' }] };
	const at = prompt.turns.findIndex(({ role }) => role !== 'system');
	const start = at === -1 ? prompt.turns.length : at;
	return {
		systemPrompt: cleanText(
			prompt.turns
				.slice(0, start)
				.map(({ content }) => content)
				.join('\n\n'),
		),
		messages: prompt.turns.slice(start).map(({ role, content, toolCalls = [] }) => ({
			role: role === 'assistant' ? 'assistant' : 'user',
			content: withCalls(content, toolCalls),
		})),
	};
}

/** Calls of tools become text: conversations hold no calls. */
function withCalls(content: string, calls: KeptAnswer['calls']): string {
	const texts = calls.map(({ name, arguments: json }) => `${name}(${json})`);
	return [...(content === '' ? [] : [content]), ...texts].join('\n');
}

function modelOf(
	database: WritableDatabase,
	{ model, modelFileId }: ServerRequest,
): { name: string; quantization: string } {
	const row =
		modelFileId === null
			? undefined
			: get<{ name: string; quantization: string }>(
					database,
					'SELECT name, quantization FROM model_files WHERE id = :modelFileId',
					{ modelFileId },
				);
	return row ?? { name: model, quantization: '' };
}

/** The failure that the texts of a request are needed and were not stored. */
export function notKept(): Failure {
	return new Failure({
		code: 'request-not-kept',
		message: said`The text of this request was not kept.`,
		next: [said`Keep the texts of requests: Settings, Server`, said`Ask again from the other program`],
	});
}

function withoutPrompt(): Failure {
	return new Failure({
		code: 'request-without-prompt',
		message: said`This request asked for no answer.`,
		next: [said`Choose a request with an answer`],
	});
}
