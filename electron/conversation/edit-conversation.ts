import { Failure } from '../../models/contract/failure.ts';
import type { RenderedPrompt } from '../../models/contract/generation.ts';
import { said } from '../../models/contract/said.ts';
import type { Conversation, Message, Thread } from '../contract/conversation/schema.ts';
import { chooseModel } from './choose-model.ts';
import { cleanText, oneLine } from './clean-text.ts';
import type { ConversationContext } from './context.ts';
import { effectiveOptions } from './options.ts';
import { restoreConversations, trashConversations } from './organise/trash.ts';
import { getConversation, headOf, setHead, setModelFile, setSystemPrompt, setTitle } from './store/conversations.ts';
import { getMessageRow, leafBelow } from './store/messages.ts';
import { readOptions } from './store/options.ts';
import { readEarlier, readThread } from './store/thread.ts';
import { readCachedPrompt } from './turns-so-far.ts';

/**
 * Returns a conversation with its current branch, or the last `limit` messages of it, including answers that are being
 * generated. Throws Failure `conversation-unknown`.
 */
export function openConversation(context: ConversationContext, id: number, limit?: number): Thread {
	return readThread(context.database, id, (messageId) => context.answers.message(messageId), limit);
}

/** Returns up to `limit` messages before the message `before` of its branch. Throws Failure `message-unknown`. */
export function earlierMessages(context: ConversationContext, before: number, limit: number): Message[] {
	return readEarlier(context.database, before, limit, (messageId) => context.answers.message(messageId));
}

/** Sets a title of the user's choice, on one line. White space alone changes nothing. */
export function renameConversation(context: ConversationContext, id: number, title: string): Conversation {
	const line = oneLine(title);
	if (line === '') return getConversation(context.database, id);
	return change(context, id, () => setTitle(context.database, id, line));
}

export function changeSystemPrompt(context: ConversationContext, id: number, systemPrompt: string): Conversation {
	return change(context, id, () => setSystemPrompt(context.database, id, cleanText(systemPrompt)));
}

/** Sets the model that answers from now on. Throws Failure `model-unknown`. */
export function changeModel(context: ConversationContext, id: number, modelFileId: number): Conversation {
	const file = context.models.modelFile(modelFileId);
	return change(context, id, () => setModelFile(context.database, id, file.id));
}

/** Moves it to the trash; an answer being generated is first stopped and stored. */
export async function trashConversation(context: ConversationContext, id: number): Promise<Conversation> {
	getConversation(context.database, id);
	await trashConversations(context, [id]);
	return getConversation(context.database, id);
}

export function restoreConversation(context: ConversationContext, id: number): Conversation {
	getConversation(context.database, id);
	restoreConversations(context, [id]);
	return getConversation(context.database, id);
}

/** Makes `messageId` part of the current branch, along with the newest branch below it. */
export async function selectBranch(
	context: ConversationContext,
	id: number,
	messageId: number,
	limit?: number,
): Promise<Thread> {
	if (getMessageRow(context.database, messageId).conversationId !== id) {
		throw new Failure({
			code: 'message-unknown',
			message: said`Message ${messageId} is not in conversation ${id}.`,
			next: [said`Reload the conversation`],
		});
	}
	const leaf = await leafBelow(context.database, messageId);
	change(context, id, () => setHead(context.database, id, leaf));
	return openConversation(context, id, limit);
}

/** Returns exactly what the model would be given next. Loads the model if necessary. */
export async function nextPrompt(
	context: ConversationContext,
	id: number,
	signal?: AbortSignal,
): Promise<RenderedPrompt> {
	const conversation = getConversation(context.database, id);
	const model = chooseModel(context.models, undefined, conversation.modelFileId);
	const options = effectiveOptions(context, readOptions(context.database, id), model);
	const head = headOf(context.database, id);
	const engine = await context.models.acquire(model.id, options.load, signal === undefined ? {} : { signal });
	const { contextSize } = engine.capabilities();
	const { turns, tooOld, request } = await readCachedPrompt(context, conversation, options, head, contextSize);
	const rendered = await engine.render(turns, request.tools);
	return { ...rendered, droppedTurns: rendered.droppedTurns + tooOld.length };
}

function change(context: ConversationContext, id: number, write: () => void): Conversation {
	getConversation(context.database, id);
	write();
	context.events.publish({ type: 'conversation-changed', conversationId: id });
	return getConversation(context.database, id);
}
