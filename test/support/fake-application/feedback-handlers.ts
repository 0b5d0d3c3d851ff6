import type { Implementer } from '../../../electron/api/implementer.ts';
import type { MessageFeedback } from '../../../electron/contract/feedback.ts';
import type { FakeApplication } from './fake-application.ts';

/** Feedback that lives as long as the fake. */
export function feedbackHandlers(fake: FakeApplication, { feedback }: Implementer) {
	const said = new Map<number, MessageFeedback>();
	const of = (messageId: number): MessageFeedback =>
		said.get(messageId) ?? {
			messageId,
			rating: null,
			tags: [],
			comment: null,
			correction: null,
			signals: [],
			earlier: 0,
		};
	const change = (messageId: number, part: Partial<MessageFeedback>): MessageFeedback => {
		const next = { ...of(messageId), ...part };
		said.set(messageId, next);
		fake.emit({ type: 'feedback-changed', messageId });
		return next;
	};
	return {
		of: feedback.of.handler(({ input }) => ({ feedback: input.messageIds.map(of) })),
		rate: feedback.rate.handler(({ input: { messageId, rating, tags, comment } }) =>
			change(messageId, { rating, tags: rating === null ? [] : tags, comment }),
		),
		correct: feedback.correct.handler(({ input }) => change(input.messageId, { correction: input.correction })),
		notice: feedback.notice.handler(({ input: { messageId, signal } }) =>
			change(messageId, {
				signals: [{ id: messageId, signal, source: 'behaviour', evidence: null, createdAt: Date.now() }],
			}),
		),
		removeSignal: feedback.removeSignal.handler(({ input }) => change(input.id, { signals: [] })),
	};
}
