import { Failure } from '../../models/contract/failure.ts';
import type { Conversation } from '../contract/conversation.ts';

/** Throws Failure `conversation-in-trash` or `answer-in-progress` where nothing can be said in it now. */
export function assertCanAnswer(conversation: Conversation): void {
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
