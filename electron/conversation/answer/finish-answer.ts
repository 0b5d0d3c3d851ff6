import { Failure, type FailureFacts, failureFacts } from '../../../models/contract/failure.ts';
import { said, sentences, spoken, wordsIn } from '../../../models/contract/said.ts';
import type { Message } from '../../contract/conversation/schema.ts';
import { get, transaction } from '../../database/sql.ts';
import { cleanText } from '../clean-text.ts';
import type { ConversationContext } from '../context.ts';
import { removeChunks } from '../store/chunks.ts';
import { type AnswerLedger, insertLedger } from '../store/context-pieces.ts';
import { touchConversation } from '../store/conversations.ts';
import { completeGeneration, type GenerationNumbers } from '../store/generations.ts';
import { endMessage, type MessageEnd } from '../store/messages.ts';
import { replaceRounds } from '../store/rounds.ts';
import { readMessage } from '../store/thread.ts';
import type { LiveAnswer } from './live-answers.ts';

/** How an answer ended. */
export interface AnswerOutcome {
	readonly status: 'complete' | 'stopped' | 'interrupted' | 'failed';
	readonly failure: FailureFacts | null;
	readonly numbers: GenerationNumbers;
}

/** Interval between attempts to store an answer that could not be written to disk, ms. */
const retryEveryMs = 2_000;

/**
 * Writes the finished answer to its row and notifies subscribers. If the disk is full, the answer stays in memory,
 * subscribers learn why, and it is stored as soon as there is space. It is lost only if the process ends before that,
 * and then only the text after its last chunk.
 */
export function finishAnswer(
	context: ConversationContext,
	answer: LiveAnswer,
	outcome: AnswerOutcome,
	ledger: AnswerLedger | null,
): void {
	const { content, reasoning, reasoningMs } = answer.text;
	const end: MessageEnd = {
		status: outcome.status,
		content: cleanText(content),
		reasoning: reasoning === null ? null : cleanText(reasoning),
		reasoningMs,
		failure: outcome.failure,
		completedAt: context.clock(),
	};
	const stored = tryStore(context, answer, end, outcome.numbers, ledger);
	if (stored instanceof Error) {
		const failure = notStored(stored);
		context.log(`conversation: answer ${answer.ids.messageId} could not be stored: ${stored.message}`);
		const message: Message = { ...answer.message(), ...end, status: 'failed', failure };
		context.answers.hold(answer, message);
		answer.broadcast.end(message);
		storeLater(context, answer, end, outcome.numbers, ledger);
	} else {
		context.answers.remove(answer);
		answer.broadcast.end(stored);
		context.events.publish({ type: 'answer-ended', message: stored });
	}
	announce(context, answer);
	answer.settle();
}

function tryStore(
	context: ConversationContext,
	answer: LiveAnswer,
	end: MessageEnd,
	numbers: GenerationNumbers,
	ledger: AnswerLedger | null,
): Message | Error {
	const { conversationId, messageId, generationId } = answer.ids;
	try {
		return transaction(context.database, () => {
			// Some of it may not have been stored when it happened.
			if (answer.rounds.length > 0) replaceRounds(context.database, messageId, answer.rounds);
			endMessage(context.database, messageId, end);
			completeGeneration(context.database, generationId, numbers);
			if (ledger !== null) insertLedger(context.database, messageId, ledger);
			removeChunks(context.database, messageId);
			touchConversation(context.database, conversationId, end.completedAt);
			return readMessage(context.database, messageId);
		});
	} catch (error) {
		return error instanceof Error ? error : new Error(String(error));
	}
}

function storeLater(
	context: ConversationContext,
	answer: LiveAnswer,
	end: MessageEnd,
	numbers: GenerationNumbers,
	ledger: AnswerLedger | null,
): void {
	const timer = setInterval(() => {
		if (context.answers.held(answer) === undefined) return clearInterval(timer);
		const isThere = hasItsRow(context, answer);
		if (isThere === null) return;
		const stored = isThere ? tryStore(context, answer, end, numbers, ledger) : null;
		if (stored instanceof Error) return;
		clearInterval(timer);
		context.answers.remove(answer);
		if (stored === null) return;
		context.events.publish({ type: 'answer-ended', message: stored });
		context.log(`conversation: answer ${answer.ids.messageId} is stored now`);
		announce(context, answer);
	}, retryEveryMs);
	timer.unref();
}

/**
 * false: its conversation was deleted, or a backup restored, and another message may have its id. null: the database
 * can't be read, be it because of the disk, or because it is closed, for a restore or for good.
 */
function hasItsRow({ database }: ConversationContext, answer: LiveAnswer): boolean | null {
	const { id, conversationId, createdAt } = answer.message();
	const sql = `SELECT 1 FROM messages
		WHERE id = :id AND conversation_id = :conversationId AND created_at = :createdAt AND status = 'streaming'`;
	try {
		return get(database, sql, { id, conversationId, createdAt }) !== undefined;
	} catch {
		return null;
	}
}

function notStored(error: Error): FailureFacts {
	const facts = failureFacts(error);
	if (!(error instanceof Failure)) return facts;
	return spoken({
		...facts,
		message: sentences(wordsIn(facts, facts.message), said`Assay keeps the answer in memory until it can be saved.`),
		next: [said`Copy the answer to be safe`, ...facts.next],
	});
}

function announce(context: ConversationContext, answer: LiveAnswer): void {
	const { conversationId, messageId, generationId } = answer.ids;
	context.events.publish({ type: 'generation-ended', conversationId, messageId, generationId });
	context.events.publish({ type: 'conversation-changed', conversationId });
}
