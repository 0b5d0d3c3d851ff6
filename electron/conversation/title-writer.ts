import type { Conversation } from '../contract/conversation/schema.ts';
import type { Lane } from '../jobs/lane.ts';
import { askAboutConversation, type WorkAfterAnswers, workAfterAnswers } from './after-answers.ts';
import type { ConversationContext } from './context.ts';
import { getConversation, replaceAutomaticTitle } from './store/conversations.ts';
import { firstQuestion } from './store/messages.ts';
import { repeatsRequest, titleFromMessage, titleFromModel } from './title.ts';

/** Most tokens of a title. */
const titleTokens = 24;

const instruction =
	'Write a title for this conversation: three to six words that name its subject, in the language of the conversation. Answer with the title only.';

/**
 * Follows ended answers and gives each new conversation a title by its model. It never loads a model, waits for
 * measurements and chats, gives way to a chat that begins, and replaces only the title that was cut from the first
 * message. A useless answer leaves that title.
 */
export function followTitles(
	context: ConversationContext,
	lane: Lane,
	{ idleMs }: { readonly idleMs?: number } = {},
): WorkAfterAnswers {
	const { events, settings } = context;
	/** Conversations that had their try since the start. */
	const tried = new Set<number>();
	return workAfterAnswers(context, lane, {
		idleMs,
		failed: 'no title was written',
		wants: (id) => settings().modelTitles && !tried.has(id),
		async work(id, signal) {
			if (!settings().modelTitles) return;
			const untitled = findUntitled(context, id);
			if (untitled === null) return void tried.add(id);
			const answer = await askAboutConversation(context, id, { instruction, maxTokens: titleTokens }, signal);
			signal.throwIfAborted();
			// Without its model, it gets a title after its next answer.
			if (answer === null) return;
			tried.add(id);
			const title = titleFromModel(answer);
			if (title === null || title === untitled.title || repeatsRequest(title, instruction)) return;
			if (!replaceAutomaticTitle(context.database, id, untitled.title, title)) return;
			events.publish({ type: 'conversation-changed', conversationId: id });
		},
	});
}

/** Returns the conversation if its title is still the beginning of its first message. */
function findUntitled({ database }: ConversationContext, id: number): Conversation | null {
	try {
		const conversation = getConversation(database, id);
		const first = firstQuestion(database, id);
		const untitled = first !== null && conversation.title === titleFromMessage(first);
		return untitled && conversation.titleSource === 'automatic' && conversation.deletedAt === null
			? conversation
			: null;
	} catch {
		// Deleted for good meanwhile.
		return null;
	}
}
