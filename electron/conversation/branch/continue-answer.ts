import { Failure } from '../../../models/contract/failure.ts';
import type { GenerationStart } from '../../contract/conversation.ts';
import { transaction } from '../../database/sql.ts';
import { chooseModel } from '../choose-model.ts';
import type { ConversationContext } from '../context.ts';
import { effectiveOptions } from '../options/effective-options.ts';
import { readOptions } from '../options/store.ts';
import { assertCanAnswer } from '../ready.ts';
import { insertAnswer, type NewAnswer, startAnswer, withSeed } from '../start-answer.ts';
import { getConversation } from '../store/conversations.ts';
import { getMessageRow } from '../store/messages.ts';
import { writtenText, writtenTokens } from './written-so-far.ts';

/**
 * A further answer beside `messageId` that begins with all of its text and goes on from there, by the model that wrote it
 * where that is still in the library. Nothing is overwritten. Throws Failure `message-unknown`, `nothing-to-continue`,
 * `no-model`, `conversation-in-trash`, `answer-in-progress`, `disk-full`; then nothing was stored.
 */
export function continueAnswer(context: ConversationContext, messageId: number): GenerationStart {
	const { database } = context;
	const message = getMessageRow(database, messageId);
	const conversation = getConversation(database, message.conversationId);
	assertCanAnswer(conversation);
	const text = writtenText(message);
	if (message.role !== 'assistant' || message.parentId === null || text === '') {
		throw new Failure({
			code: 'nothing-to-continue',
			message: 'There is no text here that a model could go on with.',
			next: ['Answer again'],
		});
	}
	const model = chooseModel(context.models, undefined, message.modelFileId ?? conversation.modelFileId);
	const { sampling, load } = effectiveOptions(context, readOptions(database, conversation.id));
	// Half a character at the end is shown as U+FFFD; its other half would not mend what stands there.
	const tokens = text.endsWith('\uFFFD') ? null : writtenTokens(database, messageId, model.id);
	const answer: NewAnswer = {
		conversationId: conversation.id,
		questionId: message.parentId,
		model,
		systemPrompt: conversation.systemPrompt,
		sampling: withSeed(sampling),
		load,
		continues: { messageId, text, tokens, reasoningMs: message.reasoningMs },
	};
	const start = transaction(database, () => insertAnswer(context, answer));
	startAnswer(context, answer, start);
	return start;
}
