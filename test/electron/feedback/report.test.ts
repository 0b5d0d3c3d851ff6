import { describe, expect, test } from 'vitest';
import { feedbackFilterSchema } from '../../../electron/contract/feedback/schema.ts';
import { trashConversation } from '../../../electron/conversation/edit-conversation.ts';
import { sendMessage } from '../../../electron/conversation/send-message.ts';
import { queryPlan } from '../../../electron/database/sql.ts';
import { correctAnswer, rateAnswer } from '../../../electron/feedback/record.ts';
import {
	answersToExport,
	answersWithFeedback,
	filterParameters,
	listFeedback,
	nextExportRange,
	summariseFeedback,
} from '../../../electron/feedback/report.ts';
import { listenForSignals } from '../../../electron/feedback/signals.ts';
import { feedbackOfMessage } from '../../../electron/feedback/store.ts';
import { answering, conversationForTest, converse } from '../../support/conversation.ts';
import { openReader } from '../../support/database.ts';

const parse = (filter: object) => feedbackFilterSchema.parse(filter);

async function threeRated() {
	const context = conversationForTest(answering('a', 'b', 'c'));
	const reader = openReader(context.path);
	const [one, two, three] = [
		await converse(context, 'One?'),
		await converse(context, 'Two?'),
		await converse(context, 'THREE?'),
	];
	rateAnswer(context, { messageId: one.messageId, rating: 'up', tags: [], comment: null });
	rateAnswer(context, { messageId: two.messageId, rating: 'down', tags: ['too-long'], comment: null });
	correctAnswer(context, { messageId: three.messageId, correction: 'C' });
	const list = (filter: object, page: object = {}) =>
		listFeedback(context.database, reader, parse(filter), { limit: 10, characters: 4000, ...page });
	const prompts = async (filter: object) => (await list(filter)).map(({ prompt }) => prompt);
	return { context, reader, one, two, three, list, prompts };
}

describe('the list', () => {
	test('current feedback is listed newest first, by every part of the filter', async () => {
		const { prompts, list } = await threeRated();
		expect(await prompts({})).toEqual(['THREE?', 'Two?', 'One?']);
		expect(await prompts({ rating: 'up' })).toEqual(['One?']);
		expect(await prompts({ rating: 'corrected' })).toEqual(['THREE?']);
		expect(await prompts({ tag: 'too-long' })).toEqual(['Two?']);
		expect(await prompts({ prompt: 'three' })).toEqual(['THREE?']);
		expect(await prompts({ modelFileId: 99 })).toEqual([]);
		expect(await prompts({ modelName: 'scripted' })).toHaveLength(3);
		expect(await prompts({ modelName: 'Scripted', quantization: 'Q8_0' })).toEqual([]);
		const [newest, , oldest] = await list({});
		expect(await prompts({ from: newest?.at })).toEqual(['THREE?']);
		expect(await prompts({ to: oldest?.at })).toEqual(['One?']);
	});

	test('the list is paged, and prompts and answers are cut to the requested length', async () => {
		const { list } = await threeRated();
		const [first] = await list({}, { limit: 1, characters: 3 });
		expect([first?.prompt, first?.answer]).toEqual(['THR', 'c']);
		const rest = await list({}, { before: { at: first?.at ?? 0, messageId: first?.messageId ?? 0 } });
		expect(rest.map(({ prompt }) => prompt)).toEqual(['Two?', 'One?']);
	});

	test('cleared feedback and conversations in the trash are left out', async () => {
		const { context, one, two, prompts } = await threeRated();
		rateAnswer(context, { messageId: one.messageId, rating: null, tags: [], comment: null });
		await trashConversation(context, two.conversationId);
		expect(await prompts({})).toEqual(['THREE?']);
	});

	test('unconfirmed suggestions are separate until the answer is rated', async () => {
		const context = conversationForTest();
		const reader = openReader(context.path);
		listenForSignals(context);
		const { answer, conversationId } = await converse(context, 'Sum of 2 and 2?');
		await converse(context, 'That is wrong.', { conversationId });
		const ids = async (rating: string) =>
			(await listFeedback(context.database, reader, parse({ rating }), { limit: 10, characters: 100 })).map(
				({ messageId }) => messageId,
			);
		expect([await ids('any'), await ids('suggested')]).toEqual([[], [answer.id]]);
		rateAnswer(context, { messageId: answer.id, rating: 'up', tags: [], comment: null });
		expect([await ids('any'), await ids('suggested')]).toEqual([[answer.id], []]);
	});
});

describe('the summary', () => {
	test('counts by rating, tag and model each ignore their own part of the filter', async () => {
		const { reader } = await threeRated();
		const summary = await summariseFeedback(reader, parse({ rating: 'up', modelName: 'Scripted' }));
		expect(summary.totals).toEqual({ any: 3, up: 1, down: 1, corrected: 1, suggested: 0 });
		expect(summary.tags).toEqual([{ tag: 'too-long', count: 1 }]);
		const [count] = summary.counts;
		expect(count).toMatchObject({ modelName: 'Scripted', up: 1, down: 1, corrected: 1, share: 0.5 });
		// Wilson for 1 of 2: (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n).
		expect(count?.low).toBeCloseTo(0.0945, 4);
		expect(count?.high).toBeCloseTo(0.9055, 4);
		expect(summary.comparison).toBeNull();
		const elsewhere = await summariseFeedback(reader, parse({ modelName: 'Other' }));
		expect([elsewhere.totals.any, elsewhere.counts.length]).toEqual([0, 1]);
	});
});

test('the list and the export read the index of feedback, never all signals or messages', () => {
	const { database } = conversationForTest();
	const parameters = {
		...filterParameters(parse({})),
		limit: 10,
		characters: 10,
		beforeAt: null,
		beforeId: null,
		after: 0,
		upTo: 10,
	};
	for (const sql of [answersWithFeedback, nextExportRange, answersToExport]) {
		const plan = queryPlan(database, sql, parameters).join('\n');
		expect(plan).toContain('USING INDEX feedback_said');
		if (sql !== answersWithFeedback) expect(plan).toContain('feedback_said (message_id>?');
		expect(plan).not.toMatch(/SCAN (a|c|q|g|messages)\b/);
	}
	expect(queryPlan(database, feedbackOfMessage, { messageId: 1 }).join('\n')).toContain('USING INDEX feedback_message');
});

test('an answer being generated changes nothing', async () => {
	const { context, prompts } = await threeRated();
	sendMessage(context, { conversationId: null, text: 'Four?' });
	expect(await prompts({})).toEqual(['THREE?', 'Two?', 'One?']);
});
