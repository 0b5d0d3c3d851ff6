import { Failure } from '../../models/contract/failure.ts';
import type { RequestTurn, Turn } from '../../models/contract/generation.ts';
import { said } from '../../models/contract/said.ts';
import { joinSameRole } from '../../models/prompt/context-overflow.ts';
import type { SentPrompt, SentSource } from '../contract/conversation/ledger.ts';
import type { GenerationStart } from '../contract/conversation/schema.ts';
import type { ReadableDatabase } from '../database/database.ts';
import { get, transaction } from '../database/sql.ts';
import { recordedAdapters } from '../library/adapters/adapters.ts';
import { assertCanAnswer, insertAnswer, type NewAnswer, startAnswer } from './answer/start-answer.ts';
import { branchPath } from './branch-path.ts';
import { chooseModel } from './choose-model.ts';
import type { ConversationContext } from './context.ts';
import { effectiveOptions } from './options.ts';
import { buildTurns, contentWithAttachments, contentWithPieces, systemWithPieces } from './prompt-turns.ts';
import { attachedTextsOf } from './store/attachments.ts';
import { readOverflow } from './store/context-overflow.ts';
import { readContext, readPieces } from './store/context-pieces.ts';
import { getConversation } from './store/conversations.ts';
import { generationOf, messagePromptOf, systemPromptOf, toolsOf } from './store/generations.ts';
import { getMessageRow, type MessageRow, rowsOnPath } from './store/messages.ts';
import { readOptions } from './store/options.ts';
import { roundsByMessage, roundsOf } from './store/rounds.ts';

/**
 * Returns the model's input for this answer: its branch with attachments and with the context that was sent, and its
 * system prompt, without the oldest turns if the context was too small for them.
 */
export function readPromptTurns(database: ReadableDatabase, messageId: number): readonly Turn[] {
	// Answers are their words here: calls of tools are no text to train on.
	const turns = readSentTurns(database, messageId, { withRounds: false });
	return joinSameRole(turns.flatMap(({ role, content, keep }) => (role === 'tool' ? [] : [{ role, content, keep }])));
}

/** The turns of an answer's prompt that were sent. */
function readSentTurns(
	database: ReadableDatabase,
	messageId: number,
	{ withRounds }: { readonly withRounds: boolean },
): readonly RequestTurn[] {
	const path = rowsOnPath(database, messageId);
	const { conversationId, droppedTurns } = getMessageRow(database, messageId);
	const systemPrompt = systemPromptOf(database, messageId) ?? getConversation(database, conversationId).systemPrompt;
	const prompt = messagePromptOf(database, messageId);
	const { pieces } = readContext(database, messageId);
	const overflow = readOverflow(database, [messageId]).get(messageId);
	const ids = path.map(({ id }) => id);
	const first = overflow === undefined ? 0 : ids.indexOf(overflow.firstSentId ?? ids.at(-2) ?? messageId);
	const sent = withSentPieces(database, path, withRounds).slice(Math.max(0, first), -1);
	const turns = buildTurns(systemWithPieces(systemPrompt, pieces), sent, prompt);
	if (overflow !== undefined) return turns;
	// Answers of older versions know only the number of turns.
	const kept = turns.filter(({ role, keep }) => role === 'system' || keep === true);
	return [...kept, ...turns.slice(kept.length + (droppedTurns ?? 0))];
}

/** Returns the messages of a branch as they were sent: with attachments, and with what their answers were given. */
function withSentPieces(database: ReadableDatabase, path: readonly MessageRow[], withRounds: boolean) {
	const ids = path.map(({ id }) => id);
	const rounds = withRounds ? roundsByMessage(database, ids) : null;
	const pieces = readPieces(database, ids, 1);
	const attached = attachedTextsOf(database, ids);
	return path.map((message, index) => {
		const answer = message.role === 'user' ? ids[index + 1] : undefined;
		const given = answer === undefined ? [] : (pieces.get(answer) ?? []);
		const own = rounds?.get(message.id);
		const content = contentWithPieces(contentWithAttachments(message.content, attached.get(message.id) ?? []), given);
		return { ...message, content, ...(own === undefined ? {} : { rounds: own }) };
	});
}

/**
 * Returns the prompt of an answer: turn by turn, and as the one text that the model read if the model is in memory, or with
 * `load` in any case. Throws Failure `message-unknown`, `not-an-answer`, and those of loading.
 */
export async function readSentPrompt(
	context: ConversationContext,
	{ messageId, load }: { readonly messageId: number; readonly load: boolean },
	signal?: AbortSignal,
): Promise<SentPrompt> {
	const { database, models } = context;
	const row = assertGenerated(database, messageId);
	const sent = readSentTurns(database, messageId, { withRounds: true });
	const turns = sent.map(({ role, content }) => ({ role, content }));
	// For an answer that called tools, the first prompt: the later ones follow from its steps.
	const promptTokens = roundsOf(database, messageId)[0]?.promptTokens ?? row.promptTokens;
	const unrendered = { turns, rendered: null, tokens: promptTokens };
	if (row.modelFileId === null) return unrendered;
	const loaded = models.loaded(row.modelFileId);
	if (loaded === null && !load) return unrendered;
	const model = models.modelFile(row.modelFileId);
	const engine =
		loaded ??
		(await models.acquire(
			model.id,
			effectiveOptions(context, readOptions(database, row.conversationId), model).load,
			signal === undefined ? {} : { signal },
		));
	const offered = toolsOf(database, messageId).map(({ server: _, ...tool }) => tool);
	const use = offered.length === 0 ? undefined : { tools: offered, choice: 'auto' as const, parallel: true };
	const { text, tokens, droppedTurns } = await engine.render(sent, use);
	// The template, the tokenizer or the size of the context may have changed since.
	const same = droppedTurns === 0 && tokens.length === promptTokens;
	return { turns, rendered: { text, tokens: tokens.length, same }, tokens: promptTokens };
}

/**
 * Answers again with the same prompt, context, adapters, parameters and seed, by the same model: a sibling. Throws Failure
 * `message-unknown`, `not-an-answer`, `model-unknown`, `adapter-unknown`, `conversation-in-trash`, `answer-in-progress`.
 */
export function replayAnswer(context: ConversationContext, messageId: number): GenerationStart {
	const { database } = context;
	const row = assertGenerated(database, messageId);
	const conversation = getConversation(database, row.conversationId);
	assertCanAnswer(conversation);
	const model = chooseModel(context.models, row.modelFileId ?? undefined, conversation.modelFileId);
	const { sampling, adapters = [] } = generationOf(row);
	const {
		load,
		memory = true,
		documents,
		overflow,
	} = effectiveOptions(context, readOptions(database, conversation.id), model);
	const answer: NewAnswer = {
		conversationId: conversation.id,
		questionId: row.parentId,
		model,
		systemPrompt: systemPromptOf(database, messageId) ?? conversation.systemPrompt,
		prompt: messagePromptOf(database, messageId),
		memory,
		documents,
		overflow,
		adapters: recordedAdapters(database, adapters, model),
		given: readContext(database, messageId),
		sampling: { ...sampling, seed: sampling.seed ?? 0 },
		load: { ...load, ...(row.contextSize > 0 ? { contextSize: row.contextSize } : {}) },
		answerFormat: answerFormatOf(database, messageId),
	};
	const start = transaction(database, () => insertAnswer(context, answer));
	return startAnswer(context, answer, start);
}

function answerFormatOf(database: ReadableDatabase, messageId: number): string {
	const sql = 'SELECT answer_format AS format FROM generations WHERE message_id = :messageId';
	return get<{ format: string }>(database, sql, { messageId })?.format ?? '';
}

/** Returns the source that an answer names by a number: sent with it, or with an earlier message of its branch. */
export async function findSource(
	database: ReadableDatabase,
	{ messageId, number }: { readonly messageId: number; readonly number: number },
): Promise<SentSource | null> {
	const path = (await branchPath(database, messageId)).slice(-mostSearched);
	const pieces = readPieces(database, path, 1);
	for (const answerId of path.toReversed()) {
		const found = pieces.get(answerId)?.find(({ source }) => source?.number === number);
		if (found?.source != null) return { ...found.source, text: found.text, answerId };
	}
	return null;
}

/** Messages of a branch in which a source is looked for. */
const mostSearched = 2_000;

type GeneratedRow = Extract<MessageRow, { generationId: number }> & { readonly parentId: number };

function assertGenerated(database: ReadableDatabase, messageId: number): GeneratedRow {
	const row = getMessageRow(database, messageId);
	if (row.generationId !== null && row.parentId !== null) return row as GeneratedRow;
	throw new Failure({
		code: 'not-an-answer',
		message: said`Message ${messageId} was not generated here, so its prompt isn’t known.`,
		next: [said`Choose an answer that a model of yours wrote`],
	});
}
