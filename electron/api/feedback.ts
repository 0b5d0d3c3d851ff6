import type { Reader } from '../database/reader/reader.ts';
import type { FeedbackContext } from '../feedback/context.ts';
import { jsonLines, preferenceLines, sftLine } from '../feedback/export.ts';
import {
	confirmSignal,
	correctAnswer,
	feedbackOf,
	noticeSignal,
	rateAnswer,
	removeSignal,
} from '../feedback/record.ts';
import { countFeedback, listFeedback, tagsInUse } from '../feedback/report.ts';
import type { Implementer } from './implementer.ts';

/** More than anyone rates by hand; an export is one text in memory. */
const exportLimit = 1_000_000;

export function feedbackHandlers(os: Implementer, context: FeedbackContext, reader: Reader) {
	const { feedback } = os;
	return {
		of: feedback.of.handler(({ input }) => ({ feedback: feedbackOf(context, input.messageIds) })),
		rate: feedback.rate.handler(({ input }) => rateAnswer(context, input)),
		correct: feedback.correct.handler(({ input }) => correctAnswer(context, input)),
		notice: feedback.notice.handler(({ input }) => noticeSignal(context, input)),
		removeSignal: feedback.removeSignal.handler(({ input }) => removeSignal(context, input.id)),
		confirmSignal: feedback.confirmSignal.handler(({ input }) => confirmSignal(context, input.id)),
		list: feedback.list.handler(async ({ input }) => ({
			feedback: await listFeedback(context.database, reader, input.filter, input.limit),
			counts: await countFeedback(reader, input.filter),
			tags: tagsInUse(context.database),
		})),
		export: feedback.export.handler(async ({ input }) => {
			const items = await listFeedback(context.database, reader, input.filter, exportLimit);
			const lines =
				input.format === 'sft'
					? items.map((item) => sftLine(context.database, item)).filter((line) => line !== null)
					: items.flatMap((item) => preferenceLines(context.database, item));
			return { fileName: `assay-feedback-${input.format}.jsonl`, lines: lines.length, text: jsonLines(lines) };
		}),
	};
}
