import { defaultSampling } from '../../../models/contract/default-sampling.ts';
import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import type { Conversation } from '../../contract/conversation/schema.ts';
import type { Change, Dataset } from '../../contract/dataset/schema.ts';
import type { KeptAnswer, KeptPrompt, RequestBody, ServerRequest } from '../../contract/server/request-log.ts';
import { cleanText } from '../../conversation/clean-text.ts';
import { getConversation, insertConversation, setHead } from '../../conversation/store/conversations.ts';
import { completeGeneration, insertGeneration } from '../../conversation/store/generations.ts';
import { getMessageRow, insertMessage } from '../../conversation/store/messages.ts';
import { titleFromMessage } from '../../conversation/title.ts';
import type { WritableDatabase } from '../../database/database.ts';
import { get, run, transaction } from '../../database/sql.ts';
import type { SampleToAdd } from '../../dataset/change/change-samples.ts';
import type { Datasets } from '../../dataset/datasets.ts';
import type { EventBus } from '../../events.ts';
import { readFeedback } from '../../feedback/store.ts';
import { openRequest } from './history.ts';
import type { RequestLog } from './request-log.ts';
import { knownRequests, messageOfRequest, setMessageOfRequest } from './store.ts';

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

/** What to add, and to which dataset. */
export interface AddRequests {
	readonly ids: readonly number[];
	readonly into: { readonly datasetId: number } | { readonly name: string };
	/** The expected answers: those given; only those rated good or corrected; none. */
	readonly targets: 'answers' | 'rated' | 'none';
	readonly split?: string | undefined;
	readonly tags: readonly string[];
}

/** Adds requests to a dataset. Throws Failure `request-unknown`, `request-not-kept`, `nothing-to-add`, `dataset-unknown`. */
export async function addRequestsToDataset(
	context: KeepContext & { readonly datasets: Pick<Datasets, 'manage' | 'edit'> },
	{ ids, into, targets, split, tags }: AddRequests,
): Promise<Change & { dataset: Dataset; known: number; leftOut: number }> {
	const { database, datasets } = context;
	context.requests.flush();
	const arriving: SampleToAdd[] = [];
	let kept = 0;
	for (const id of knownRequests(database, ids)) {
		const { request, body } = openRequest(context, id);
		if (body?.prompt === null || body === null) continue;
		kept += 1;
		const target = targetOf(database, id, body, targets);
		if (target === undefined) continue;
		const { turns } = body.prompt;
		const [only] = turns;
		arriving.push({
			sample: {
				input:
					turns.length === 1 && only !== undefined && only.role !== 'assistant'
						? only.content
						: turns.map(({ role, content }) => ({
								role: role === 'system' || role === 'assistant' ? role : 'user',
								content,
							})),
				target,
				metadata: { served: { client: request.client, model: request.model, at: request.startedAt } },
				tags: [...tags],
				key: request.responseId ?? `request ${id}`,
				...(split === undefined ? {} : { split }),
			},
			source: { kind: 'written' },
		});
	}
	if (arriving.length === 0) throw kept === 0 ? notKept() : nothingToAdd();
	const datasetId = 'datasetId' in into ? into.datasetId : datasets.manage.create({ ...into, description: '' }).id;
	const { known, version, changed, undoId } = await datasets.edit.change(datasetId, {
		kind: 'add',
		arriving,
		skipKnown: true,
	});
	const { dataset } = datasets.manage.get(datasetId);
	return { version, changed, undoId, dataset, known, leftOut: ids.length - arriving.length };
}

/** undefined: nobody said what the answer should be. */
function targetOf(
	database: WritableDatabase,
	id: number,
	{ answers, prompt }: RequestBody,
	targets: AddRequests['targets'],
): string | null | undefined {
	const messageId = messageOfRequest(database, id);
	const feedback = messageId === null ? null : readFeedback(database, messageId);
	if (targets === 'none') return null;
	if (feedback !== null && feedback.correction !== null) return feedback.correction;
	const [answer] = answers;
	const isGood = targets === 'answers' ? feedback?.rating !== 'down' : feedback?.rating === 'up';
	if (!isGood || answer === undefined || answer.content.trim() === '') return undefined;
	return `${prompt?.prefill ?? ''}${answer.content}`;
}

function notKept(): Failure {
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

function nothingToAdd(): Failure {
	return new Failure({
		code: 'nothing-to-add',
		message: said`None of these requests has an answer that can be a target.`,
		next: [said`Rate answers through /v1/feedback first`, said`Or add them without targets`],
	});
}
