import { branchConversation, versionsOf } from '../../conversation/branch/branch-conversation.ts';
import { continueAnswer } from '../../conversation/branch/continue-answer.ts';
import type { ConversationContext } from '../../conversation/context.ts';
import type { Implementer } from '../implementer.ts';

/** Part of the calls of `conversations`. */
export function branchHandlers(os: Implementer, context: ConversationContext) {
	const { conversations } = os;
	return {
		branch: conversations.branch.handler(({ input }) => branchConversation(context, input.messageId)),
		continue: conversations.continue.handler(({ input }) => continueAnswer(context, input.messageId)),
		versions: conversations.versions.handler(({ input }) => ({
			messages: [...versionsOf(context, input.messageId)],
		})),
	};
}
