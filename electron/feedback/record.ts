import { Failure } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';
import type { FeedbackEntry, MessageFeedback, RateInput, Signal } from '../contract/feedback/schema.ts';
import { cleanText } from '../conversation/clean-text.ts';
import { getMessageRow } from '../conversation/store/messages.ts';
import { transaction } from '../database/sql.ts';
import type { FeedbackContext } from './context.ts';
import {
	confirmSignalRow,
	insertCorrection,
	insertRating,
	insertSignal,
	messageOfSignal,
	readFeedback,
	readHistory,
	removeSignalRow,
	supersede,
} from './store.ts';

/** Returns the feedback on several messages, in the given order. */
export function readFeedbackOf(context: FeedbackContext, messageIds: readonly number[]): MessageFeedback[] {
	return messageIds.map((id) => readFeedback(context.database, id));
}

/** Returns all feedback on one answer, newest first. Throws Failure `message-unknown`. */
export function readHistoryOf(context: FeedbackContext, messageId: number): FeedbackEntry[] {
	assertAnswer(context, messageId);
	return readHistory(context.database, messageId);
}

/** Rates an answer, or clears the rating with null; keeps the previous rating as history. */
export function rateAnswer(context: FeedbackContext, input: RateInput): MessageFeedback {
	assertAnswer(context, input.messageId);
	const comment = input.comment === null || input.comment.trim() === '' ? null : cleanText(input.comment);
	return write(context, input.messageId, (now) => {
		supersede(context.database, input.messageId, 'rating', now);
		insertRating(
			context.database,
			{ messageId: input.messageId, rating: input.rating, comment, now },
			input.rating === null ? [] : input.tags.map(cleanText),
		);
	});
}

/** Stores the user's correction next to the answer; null or the answer's own text withdraws it. */
export function correctAnswer(
	context: FeedbackContext,
	input: { readonly messageId: number; readonly correction: string | null },
): MessageFeedback {
	const message = assertAnswer(context, input.messageId);
	const text = input.correction === null ? null : cleanText(input.correction);
	const correction = text === null || text.trim() === '' || text === message.content ? null : text;
	if (correction === readFeedback(context.database, input.messageId).correction) {
		return readFeedback(context.database, input.messageId);
	}
	return write(context, input.messageId, (now) => {
		supersede(context.database, input.messageId, 'correction', now);
		insertCorrection(context.database, { messageId: input.messageId, correction, now });
	});
}

/** Records a user action on an answer in the page, such as copying it. Does nothing if signals are switched off. */
export function noticeSignal(
	context: FeedbackContext,
	input: { readonly messageId: number; readonly signal: Signal },
): MessageFeedback {
	assertAnswer(context, input.messageId);
	if (!context.settings().collectSignals) return readFeedback(context.database, input.messageId);
	return write(context, input.messageId, (now) => {
		insertSignal(context.database, { ...input, source: 'behaviour', evidence: null, now });
	});
}

/** Removes a signal; it is not recorded again for that answer. */
export function removeSignal(context: FeedbackContext, id: number): MessageFeedback {
	return write(context, signalOwner(context, id), (now) => removeSignalRow(context.database, id, now));
}

/**
 * Confirms a suggested rating: 'praised' becomes a thumb up, 'contradicted' a thumb down, unless the answer is already
 * rated.
 */
export function confirmSignal(context: FeedbackContext, id: number): MessageFeedback {
	const messageId = signalOwner(context, id);
	const before = readFeedback(context.database, messageId);
	const signal = before.signals.find((each) => each.id === id);
	return write(context, messageId, (now) => {
		confirmSignalRow(context.database, id);
		if (before.rating !== null || (signal?.signal !== 'praised' && signal?.signal !== 'contradicted')) return;
		supersede(context.database, messageId, 'rating', now);
		const rating = signal.signal === 'praised' ? 'up' : 'down';
		insertRating(context.database, { messageId, rating, comment: signal.evidence, now }, []);
	});
}

function write(context: FeedbackContext, messageId: number, work: (now: number) => void): MessageFeedback {
	transaction(context.database, () => work(context.clock()));
	context.events.publish({ type: 'feedback-changed', messageId });
	return readFeedback(context.database, messageId);
}

function signalOwner(context: FeedbackContext, id: number): number {
	const messageId = messageOfSignal(context.database, id);
	if (messageId !== undefined) return messageId;
	throw new Failure({
		code: 'signal-unknown',
		message: said`Signal ${id} no longer exists. It may have been removed in another window.`,
		next: [said`Reload the conversation`],
	});
}

function assertAnswer(context: FeedbackContext, messageId: number) {
	const message = getMessageRow(context.database, messageId);
	if (message.role === 'assistant') return message;
	throw new Failure({
		code: 'not-an-answer',
		message: said`Message ${messageId} isn’t an answer, so it can’t get feedback.`,
		next: [said`Choose the answer below it`],
	});
}
