import type { Implementer } from '../../../electron/api/implementer.ts';
import type {
	FeedbackCount,
	FeedbackEntry,
	FeedbackFilter,
	MessageFeedback,
} from '../../../electron/contract/feedback/schema.ts';
import { differenceOfShares } from '../../../electron/statistics/newcombe.ts';
import { wilsonInterval } from '../../../electron/statistics/wilson.ts';
import type { FakeApplication } from './fake-application.ts';

export const nothingSaid: Omit<MessageFeedback, 'messageId'> = {
	rating: null,
	tags: [],
	comment: null,
	correction: null,
	signals: [],
	earlier: 0,
};

/** Handlers of feedback, kept in memory with the fake. */
export function feedbackHandlers(fake: FakeApplication, { feedback }: Implementer) {
	const { data } = fake;
	const of = (messageId: number): MessageFeedback => ({
		messageId,
		...nothingSaid,
		...data.feedback.get(messageId),
	});
	const change = (messageId: number, part: Partial<MessageFeedback>): MessageFeedback => {
		data.feedback.set(messageId, { ...of(messageId), ...part });
		fake.emit({ type: 'feedback-changed', messageId });
		return of(messageId);
	};
	const items = () =>
		[...data.feedback.keys()]
			.map((messageId) => data.messages.get(messageId)!)
			.map((message) => ({
				...of(message.id),
				conversationId: message.conversationId,
				conversationTitle: fake.conversation(message.conversationId).title,
				prompt: message.parentId === null ? '' : data.messages.get(message.parentId)!.content,
				answer: message.content,
				modelName: message.generation?.modelName ?? '',
				quantization: message.generation?.quantization ?? '',
				at: message.createdAt,
			}))
			.toSorted((a, b) => b.at - a.at || b.messageId - a.messageId);
	const fitting = (filter: FeedbackFilter) =>
		items().filter(
			(item) =>
				isOf(filter.rating, item) &&
				(filter.tag === undefined || item.tags.includes(filter.tag)) &&
				(filter.modelName === undefined || item.modelName === filter.modelName) &&
				(filter.quantization === undefined || item.quantization === filter.quantization) &&
				(filter.prompt === undefined || item.prompt.toLowerCase().includes(filter.prompt.toLowerCase())),
		);
	return {
		of: feedback.of.handler(({ input }) => ({ feedback: input.messageIds.map(of) })),
		history: feedback.history.handler(({ input }) => ({ entries: data.history.get(input.messageId) ?? [] })),
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
		confirmSignal: feedback.confirmSignal.handler(({ input }) => {
			const [suggested] = of(input.id).signals;
			return change(input.id, { rating: suggested?.signal === 'praised' ? 'up' : 'down', signals: [] });
		}),
		list: feedback.list.handler(({ input }) => {
			const all = fitting(input.filter);
			const from = all.findIndex(({ messageId }) => messageId === input.before?.messageId) + 1;
			return { feedback: all.slice(from, from + input.limit) };
		}),
		summary: feedback.summary.handler(({ input: { filter } }) => {
			const said = fitting({ ...filter, rating: 'any', modelName: undefined, quantization: undefined });
			const groups = Map.groupBy(said, ({ modelName, quantization }) => `${modelName}\n${quantization}`);
			const counts = [...groups.values()].map((group): FeedbackCount => {
				const up = group.filter(({ rating }) => rating === 'up').length;
				const down = group.filter(({ rating }) => rating === 'down').length;
				return {
					modelName: group[0]!.modelName,
					quantization: group[0]!.quantization,
					up,
					down,
					corrected: group.filter(({ correction }) => correction !== null).length,
					...wilsonInterval(up, up + down),
				};
			});
			const total = (rating: FeedbackFilter['rating']) => fitting({ ...filter, rating }).length;
			const tags = Map.groupBy(
				items().flatMap((item) => item.tags),
				(tag) => tag,
			);
			return {
				totals: {
					any: total('any'),
					up: total('up'),
					down: total('down'),
					corrected: total('corrected'),
					suggested: total('suggested'),
				},
				counts: counts.toSorted((a, b) => b.up + b.down - a.up - a.down),
				comparison: comparison(counts),
				tags: [...tags].map(([tag, all]) => ({ tag, count: all.length })),
			};
		}),
		export: feedback.export.handler(({ input }) => {
			const lines = fitting(input.filter).map(({ messageId }) => `${JSON.stringify({ messageId })}\n`);
			return { fileName: `${input.format}.jsonl`, text: lines.join(''), lines: lines.length, leftOut: 0, next: null };
		}),
	};
}

function isOf(wanted: FeedbackFilter['rating'], { rating, correction, signals }: MessageFeedback): boolean {
	switch (wanted) {
		case 'any':
			return rating !== null || correction !== null;
		case 'corrected':
			return correction !== null;
		case 'suggested':
			return rating === null && signals.some(({ source }) => source === 'suggested');
		case 'up':
		case 'down':
			return rating === wanted;
	}
}

function comparison(counts: readonly FeedbackCount[]) {
	const [first, second] = counts.toSorted((a, b) => b.share - a.share);
	if (first === undefined || second === undefined) return null;
	const thumbs = ({ up, down }: FeedbackCount) => ({ k: up, n: up + down });
	return { first, second, ...differenceOfShares(thumbs(first), thumbs(second)) };
}

/** Makes one entry of an answer's history, for scenes. */
export function entry(changes: Partial<FeedbackEntry>): FeedbackEntry {
	return {
		id: 1,
		kind: 'rating',
		rating: null,
		tags: [],
		comment: null,
		correction: null,
		signal: null,
		source: 'person',
		evidence: null,
		createdAt: Date.now(),
		supersededAt: null,
		...changes,
	};
}
