import type { Reader } from '../database/reader.ts';
import type { FeedbackContext } from '../feedback/context.ts';
import { exportFeedback } from '../feedback/export-feedback.ts';
import {
	confirmSignal,
	correctAnswer,
	noticeSignal,
	rateAnswer,
	readFeedbackOf,
	readHistoryOf,
	removeSignal,
} from '../feedback/record.ts';
import { listFeedback, summariseFeedback } from '../feedback/report.ts';
import type { Implementer } from './implementer.ts';

export function feedbackHandlers(os: Implementer, context: FeedbackContext, reader: Reader) {
	const { feedback } = os;
	return {
		of: feedback.of.handler(({ input }) => ({ feedback: readFeedbackOf(context, input.messageIds) })),
		history: feedback.history.handler(({ input }) => ({ entries: readHistoryOf(context, input.messageId) })),
		rate: feedback.rate.handler(({ input }) => rateAnswer(context, input)),
		correct: feedback.correct.handler(({ input }) => correctAnswer(context, input)),
		notice: feedback.notice.handler(({ input }) => noticeSignal(context, input)),
		removeSignal: feedback.removeSignal.handler(({ input }) => removeSignal(context, input.id)),
		confirmSignal: feedback.confirmSignal.handler(({ input }) => confirmSignal(context, input.id)),
		list: feedback.list.handler(async ({ input, signal }) => ({
			feedback: await listFeedback(context.database, reader, input.filter, input, signal),
		})),
		summary: feedback.summary.handler(({ input, signal }) => summariseFeedback(reader, input.filter, signal)),
		export: feedback.export.handler(({ input, signal }) => exportFeedback(context.database, reader, input, signal)),
	};
}
