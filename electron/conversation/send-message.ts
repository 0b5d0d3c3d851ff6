import { Failure } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';
import type { GenerationStart, SendInput } from '../contract/conversation/schema.ts';
import { transaction } from '../database/sql.ts';
import { answerGrammar } from '../prompt/answer-format.ts';
import {
	assertCanAnswer,
	type InsertedAnswer,
	insertAnswer,
	type NewAnswer,
	startAnswer,
	startAnswersInTurn,
	withSeed,
} from './answer/start-answer.ts';
import { attachToMessage, firstAttachmentName } from './attachment/add-attachment.ts';
import { chooseModel } from './choose-model.ts';
import { cleanText } from './clean-text.ts';
import type { ConversationContext } from './context.ts';
import { removeSentDraft } from './drafts.ts';
import { effectiveOptions, requestedLoad, startingOptions, startingSystemPrompt } from './options.ts';
import {
	getConversation,
	headOf,
	insertConversation,
	setHead,
	setModelFile,
	setSystemPrompt,
} from './store/conversations.ts';
import { getMessageRow, insertMessage } from './store/messages.ts';
import { readOptions, writeOptions } from './store/options.ts';
import { titleFromMessage } from './title.ts';

/**
 * Stores a message with an empty answer in one transaction and starts the answer. With `parentId` the message becomes a
 * sibling of existing ones: editing overwrites nothing. With `alsoModelFileIds` every model answers, one after the
 * other, because two at once would slow each other down and make their speeds meaningless. Throws Failure
 * `message-empty`, `no-model`, `model-unknown`, `conversation-unknown`, `conversation-in-trash`, `answer-in-progress`,
 * `parent-not-an-answer`, `disk-full`; then nothing was stored.
 */
export function sendMessage(context: ConversationContext, input: SendInput): GenerationStart {
	const { database, clock } = context;
	const text = cleanText(input.text);
	const { attachmentIds = [], attachments = [] } = input;
	if (text.trim() === '' && attachmentIds.length + attachments.length === 0) {
		throw new Failure({
			code: 'message-empty',
			message: said`The message has no text.`,
			next: [said`Write a message first`],
		});
	}
	const existing = input.conversationId === null ? null : getConversation(database, input.conversationId);
	if (existing !== null) assertCanAnswer(existing);
	const model = chooseModel(context.models, input.modelFileId, existing?.modelFileId);
	const others = [...new Set(input.alsoModelFileIds)].filter((id) => id !== model.id);
	const models = [model, ...others.map((id) => chooseModel(context.models, id, null))];
	const settings = context.settings();
	const known = { database, settings: () => settings };
	const options = existing === null ? startingOptions(known, input.options) : readOptions(database, existing.id);
	const effective = effectiveOptions(known, options, model);
	const { preset, prompt, documents, overflow, memory = true, sampling: chosen, load, answerFormat } = effective;
	answerGrammar(answerFormat);
	const systemPrompt = cleanText(
		input.systemPrompt ?? existing?.systemPrompt ?? startingSystemPrompt(preset, settings),
	);
	const { seed } = withSeed(chosen, input.sampling);
	const parentId = existing === null ? null : findParent(context, existing.id, input.parentId);

	const started = transaction(database, () => {
		const now = clock();
		const conversationId =
			existing?.id ??
			insertConversation(database, {
				title: titleFromMessage(text.trim() === '' ? firstAttachmentName(database, attachmentIds, attachments) : text),
				titleSource: 'automatic',
				systemPrompt,
				modelFileId: model.id,
				createdAt: now,
				updatedAt: now,
			});
		if (existing === null) writeOptions(database, conversationId, { ...options, presetId: preset?.id ?? null });
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
		if (input.tools !== undefined) context.tools?.chooseTools(conversationId, input.tools);
		attachToMessage(database, questionId, attachmentIds, attachments, now);
		removeSentDraft(database, input.conversationId, text);
		const answers = models.map((each): InsertedAnswer => {
			const { sampling, adapters } = effectiveOptions(known, options, each);
			const answer: NewAnswer = {
				conversationId,
				questionId,
				model: each,
				systemPrompt,
				prompt,
				memory,
				documents,
				overflow,
				sampling: { ...withSeed(sampling, input.sampling), seed },
				adapters: adapters(),
				answerFormat,
				load: { ...load, ...requestedLoad(input) },
			};
			return { answer, start: { ...insertAnswer(context, answer, now), userMessageId: questionId } };
		});
		const [first, ...later] = answers as [InsertedAnswer, ...InsertedAnswer[]];
		setHead(database, conversationId, first.start.messageId);
		return [first, ...later] as const;
	});
	return startAnswersInTurn(context, started);
}

/**
 * Starts another answer: a sibling of `messageId` if that is an answer, or a child if it is a question. Existing
 * answers stay. Throws Failure `message-unknown` and what `sendMessage` throws.
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
			message: said`This answer has no message before it, so it can’t be answered again.`,
			next: [said`Send a message`],
		});
	}
	const conversation = getConversation(database, message.conversationId);
	assertCanAnswer(conversation);
	const model = chooseModel(context.models, input.modelFileId, conversation.modelFileId);
	const options = effectiveOptions(context, readOptions(database, conversation.id), model);
	const { sampling, load, answerFormat, prompt, memory = true, documents, overflow, adapters } = options;
	const answer: NewAnswer = {
		conversationId: conversation.id,
		questionId,
		model,
		systemPrompt: conversation.systemPrompt,
		prompt,
		memory,
		documents,
		overflow,
		sampling: withSeed(sampling),
		adapters: adapters(),
		load,
		answerFormat,
	};
	const start = transaction(database, () => insertAnswer(context, answer));
	return startAnswer(context, answer, start);
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
		message: said`Message ${asked} is not an answer in conversation ${conversationId}, so no message can follow it.`,
		next: [said`Reload the conversation`],
	});
}
