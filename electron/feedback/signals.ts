import type { Signal } from '../contract/feedback/schema.ts';
import { getMessageRow, type MessageRow, newestChild } from '../conversation/store/messages.ts';
import { readMessage } from '../conversation/store/thread.ts';
import type { ReadableDatabase } from '../database/database.ts';
import { transaction } from '../database/sql.ts';
import type { FeedbackContext } from './context.ts';
import { isRephrased } from './rephrased.ts';
import { insertSignal } from './store.ts';
import { suggestSignal } from './suggested-signal.ts';

/**
 * Records what users do next, from the conversation's events, unless switched off. Returns the unsubscribe function.
 */
export function listenForSignals(context: FeedbackContext): () => void {
	const { database, events, settings, clock } = context;
	return events.subscribe((event) => {
		if (event.type !== 'generation-started' && event.type !== 'generation-ended') return;
		if (!settings().collectSignals) return;
		const read = event.type === 'generation-started' ? signalsOfStart : signalsOfEnd;
		store(read(database, event.messageId));
	});

	function store(signals: readonly DetectedSignal[]): void {
		const fresh = transaction(database, () =>
			signals.filter((noticing) => insertSignal(database, { ...noticing, now: clock() })),
		);
		for (const { messageId } of fresh) events.publish({ type: 'feedback-changed', messageId });
	}
}

/** A signal about one answer, before it is stored. */
interface DetectedSignal {
	readonly messageId: number;
	readonly signal: Signal;
	readonly source: 'behaviour' | 'suggested';
	readonly evidence: string | null;
}

/** Signals about earlier answers when a new answer starts. */
function signalsOfStart(database: ReadableDatabase, answerId: number): DetectedSignal[] {
	const answer = readMessage(database, answerId);
	if (answer.continuesId !== null) {
		return [{ messageId: answer.continuesId, signal: 'continued', source: 'behaviour', evidence: `as ${answerId}` }];
	}
	const earlier = answer.siblings.filter((id) => id < answerId).at(-1);
	if (earlier !== undefined) {
		const before = getMessageRow(database, earlier);
		// Answers of several models side by side start at the same instant, and repeating a failed one is only a retry.
		if (before.createdAt === answer.createdAt || before.status === 'failed') return [];
		return [
			{ messageId: earlier, signal: 'regenerated', source: 'behaviour', evidence: `answered again as ${answerId}` },
		];
	}
	if (answer.parentId === null) return [];
	const question = readMessage(database, answer.parentId);
	return [...signalsOfEdit(database, question.siblings, question.id), ...signalsOfNextMessage(database, question)];
}

/** Signal about an answer when it ends: the user stopped it early. */
function signalsOfEnd(database: ReadableDatabase, answerId: number): DetectedSignal[] {
	const answer = getMessageRow(database, answerId);
	return answer.status === 'stopped'
		? [{ messageId: answerId, signal: 'stopped', source: 'behaviour', evidence: null }]
		: [];
}

/** The user edited the question and sent it again: the newest answer to the previous version was not good enough. */
function signalsOfEdit(database: ReadableDatabase, versions: readonly number[], questionId: number): DetectedSignal[] {
	const before = versions.filter((id) => id < questionId).at(-1);
	if (before === undefined) return [];
	const answerId = newestChild(database, before);
	return answerId === null
		? []
		: [
				{
					messageId: answerId,
					signal: 'edited',
					source: 'behaviour',
					evidence: `the question was sent again as ${questionId}`,
				},
			];
}

/** The user sent another message: a continuation, the question in other words, or a comment on the answer. */
function signalsOfNextMessage(
	database: ReadableDatabase,
	question: {
		readonly id: number;
		readonly parentId: number | null;
		readonly content: string;
		readonly siblings: readonly number[];
	},
): DetectedSignal[] {
	if (question.parentId === null || question.siblings.some((id) => id < question.id)) return [];
	const answer = getMessageRow(database, question.parentId);
	if (answer.role !== 'assistant') return [];
	const about = { messageId: answer.id };
	const suggestion = suggestSignal(question.content);
	const asked = askedBefore(database, answer);
	const rephrased = asked !== null && isRephrased(asked.content, question.content);
	return [
		{
			...about,
			signal: rephrased ? 'rephrased' : 'continued',
			source: 'behaviour',
			evidence: `message ${question.id}`,
		},
		...(suggestion === null
			? []
			: [{ ...about, signal: suggestion.signal, source: 'suggested' as const, evidence: suggestion.evidence }]),
	];
}

function askedBefore(database: ReadableDatabase, answer: MessageRow): MessageRow | null {
	return answer.parentId === null ? null : getMessageRow(database, answer.parentId);
}
