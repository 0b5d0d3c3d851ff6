import { Failure } from '../../models/contract/failure.ts';
import type { Conversation, GenerationStart, SendInput } from '../contract/conversation.ts';
import { transaction } from '../database/sql.ts';
import { chooseModel } from './choose-model.ts';
import type { ConversationContext } from './context.ts';
import { announceAnswer, launchAnswer, type NewAnswer, seededSampling } from './start-answer.ts';
import { getConversation, headOf, insertConversation, setModelFile, setSystemPrompt } from './store/conversations.ts';
import { getMessageRow, insertMessage } from './store/messages.ts';
import { cleanText } from './text/clean-text.ts';
import { titleOf } from './text/title.ts';

/**
 * Stores a message with the empty answer to it, in one transaction, and sets the answer going. With `parentId` the
 * message becomes a sibling of what was said there: editing overwrites nothing.
 * Throws Failure `message-empty`, `no-model`, `model-unknown`, `conversation-unknown`, `conversation-in-trash`,
 * `answer-in-progress`, `parent-not-an-answer`, `disk-full`; then nothing was stored.
 */
export function sendMessage(context: ConversationContext, input: SendInput): GenerationStart {
	const { database, clock } = context;
	const text = cleanText(input.text);
	if (text.trim() === '') {
		throw new Failure({ code: 'message-empty', message: 'The message has no text.', next: ['Write something first'] });
	}
	const existing = input.conversationId === null ? null : getConversation(database, input.conversationId);
	if (existing !== null) assertReady(existing);
	const model = chooseModel(context.models, input.modelFileId, existing?.modelFileId);
	const settings = context.settings();
	const systemPrompt = cleanText(input.systemPrompt ?? existing?.systemPrompt ?? settings.systemPrompt);
	const sampling = seededSampling(settings.sampling, input.sampling);
	const parentId = existing === null ? null : findParent(context, existing.id, input.parentId);

	const { answer, start } = transaction(database, () => {
		const now = clock();
		const conversationId =
			existing?.id ??
			insertConversation(database, {
				title: titleOf(text),
				titleSource: 'automatic',
				systemPrompt,
				modelFileId: model.id,
				createdAt: now,
				updatedAt: now,
			});
		if (existing !== null && existing.modelFileId !== model.id) setModelFile(database, conversationId, model.id);
		if (existing !== null && existing.systemPrompt !== systemPrompt) {
			setSystemPrompt(database, conversationId, systemPrompt);
		}
		const questionId = insertMessage(database, {
			conversationId,
			parentId,
			role: 'user',
			status: 'complete',
			content: text,
			createdAt: now,
			completedAt: now,
		});
		const answer: NewAnswer = {
			conversationId,
			questionId,
			model,
			systemPrompt,
			sampling,
			load: {
				...(input.contextSize === undefined ? {} : { contextSize: input.contextSize }),
				...(input.threads === undefined ? {} : { threads: input.threads }),
			},
		};
		return { answer, start: { ...announceAnswer(context, answer), userMessageId: questionId } };
	});
	launchAnswer(context, answer, start);
	return start;
}

/**
 * A further answer beside `messageId`, or to it where it is a question; what is there stays.
 * Throws Failure `message-unknown` and what `sendMessage` throws.
 */
export function regenerate(
	context: ConversationContext,
	input: { readonly messageId: number; readonly modelFileId?: number | undefined },
): GenerationStart {
	const { database } = context;
	const message = getMessageRow(database, input.messageId);
	const questionId = message.role === 'user' ? message.id : message.parentId;
	if (questionId === null) {
		throw new Failure({
			code: 'answer-without-question',
			message: 'This answer has no message before it, so there is nothing to answer again.',
			next: ['Send a message'],
		});
	}
	const conversation = getConversation(database, message.conversationId);
	assertReady(conversation);
	const answer: NewAnswer = {
		conversationId: conversation.id,
		questionId,
		model: chooseModel(context.models, input.modelFileId, conversation.modelFileId),
		systemPrompt: conversation.systemPrompt,
		sampling: seededSampling(context.settings().sampling),
		load: {},
	};
	const start = transaction(database, () => announceAnswer(context, answer));
	launchAnswer(context, answer, start);
	return start;
}

function assertReady(conversation: Conversation): void {
	if (conversation.deletedAt !== null) {
		throw new Failure({
			code: 'conversation-in-trash',
			message: `The conversation “${conversation.title}” is in the trash.`,
			next: ['Restore it, then send the message'],
		});
	}
	if (conversation.generatingMessageId !== null) {
		throw new Failure({
			code: 'answer-in-progress',
			message: `The conversation “${conversation.title}” is being answered at the moment.`,
			next: ['Wait for the answer, or stop it'],
		});
	}
}

function findParent(
	context: ConversationContext,
	conversationId: number,
	asked: number | null | undefined,
): number | null {
	if (asked === undefined) return headOf(context.database, conversationId);
	if (asked === null) return null;
	const parent = getMessageRow(context.database, asked);
	if (parent.conversationId === conversationId && parent.role === 'assistant') return parent.id;
	throw new Failure({
		code: 'parent-not-an-answer',
		message: `Message ${asked} is not an answer in conversation ${conversationId}, so nothing can be said after it.`,
		next: ['Reload the conversation'],
	});
}
