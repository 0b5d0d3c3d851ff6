import { Failure } from '../../../models/contract/failure.ts';
import type { Conversation, Message } from '../../contract/conversation.ts';
import { run, transaction } from '../../database/sql.ts';
import type { ConversationContext } from '../context.ts';
import { readOptions, writeOptions } from '../options/store.ts';
import { getConversation, insertConversation, setHead } from '../store/conversations.ts';
import { copyBranch, countBranches } from '../store/copy-branch.ts';
import { getMessageRow } from '../store/messages.ts';
import { readVersions } from '../store/thread.ts';
import { branchTitle } from '../text/title.ts';

/**
 * A new conversation that begins as a copy of everything up to `messageId`, answered in the same way; the old one stays
 * as it is, and neither follows what is said in the other. Throws Failure `message-unknown`, `answer-in-progress`.
 */
export function branchConversation(context: ConversationContext, messageId: number): Conversation {
	const { database, events, clock } = context;
	const message = getMessageRow(database, messageId);
	if (message.status === 'streaming') {
		throw new Failure({
			code: 'answer-in-progress',
			message: 'This answer is still being written.',
			next: ['Wait for it, or stop it, then branch', 'Branch from the message before it'],
		});
	}
	const from = getConversation(database, message.conversationId);
	const id = transaction(database, () => {
		const now = clock();
		const { titleSource, systemPrompt, modelFileId } = from;
		const title = branchTitle(from.title, countBranches(database, from.id));
		const branch = insertConversation(database, {
			title,
			titleSource,
			systemPrompt,
			modelFileId,
			createdAt: now,
			updatedAt: now,
		});
		writeOptions(database, branch, readOptions(database, from.id));
		run(
			database,
			`UPDATE conversations SET branched_from_id = :messageId,
			   folder_id = (SELECT folder_id FROM conversations WHERE id = :from)
			 WHERE id = :branch`,
			{ messageId, from: from.id, branch },
		);
		setHead(database, branch, copyBranch(database, messageId, branch));
		return branch;
	});
	events.publish({ type: 'conversation-changed', conversationId: id });
	return getConversation(database, id);
}

/** Every message that shares its parent with this one, those being written included. Throws Failure `message-unknown`. */
export function versionsOf(context: ConversationContext, messageId: number): readonly Message[] {
	return readVersions(context.database, messageId, (id) => context.answers.message(id));
}
