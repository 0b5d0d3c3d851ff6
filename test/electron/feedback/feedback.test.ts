import { describe, expect, test } from 'vitest';
import { feedbackFilterSchema } from '../../../electron/contract/feedback.ts';
import { stopAnswer } from '../../../electron/conversation/follow-answer.ts';
import { regenerate, sendMessage } from '../../../electron/conversation/send-message.ts';
import { queryPlan } from '../../../electron/database/sql.ts';
import { preferenceLines, sftLine } from '../../../electron/feedback/export.ts';
import {
	confirmSignal,
	correctAnswer,
	feedbackOf,
	noticeSignal,
	rateAnswer,
	removeSignal,
} from '../../../electron/feedback/record.ts';
import { countFeedback, listFeedback } from '../../../electron/feedback/report.ts';
import { listenForSignals } from '../../../electron/feedback/signals/listen.ts';
import { feedbackOfMessage } from '../../../electron/feedback/store.ts';
import { answering, answerOf, conversationForTest, converse } from '../../support/conversation.ts';
import { openReader } from '../../support/database.ts';
import { failureOf } from '../../support/failure.ts';

const everything = feedbackFilterSchema.parse({});

function rate(messageId: number, rating: 'up' | 'down' | null, more: { tags?: string[]; comment?: string } = {}) {
	return { messageId, rating, tags: more.tags ?? [], comment: more.comment ?? null };
}

describe('a rating', () => {
	test('is kept with its tags and comment, and replaced without losing the one before', async () => {
		const context = conversationForTest();
		const { answer } = await converse(context, 'one');
		rateAnswer(context, rate(answer.id, 'up'));
		const now = rateAnswer(context, rate(answer.id, 'down', { tags: ['wrong-fact', 'wrong-fact'], comment: 'no' }));
		expect(now).toMatchObject({ rating: 'down', tags: ['wrong-fact'], comment: 'no', earlier: 1 });
		expect(rateAnswer(context, rate(answer.id, null))).toMatchObject({
			rating: null,
			tags: [],
			comment: null,
			earlier: 2,
		});
		expect(context.published.at(-1)).toEqual({ type: 'feedback-changed', messageId: answer.id });
	});

	test('is about answers only', async () => {
		const context = conversationForTest();
		const { userMessageId } = await converse(context, 'one');
		const failure = await failureOf(() => rateAnswer(context, rate(userMessageId ?? 0, 'up')));
		expect(failure.code).toBe('not-an-answer');
	});
});

test('a correction stands beside the answer; the answer’s own text takes it back', async () => {
	const context = conversationForTest(answering('Lyon'));
	const { answer } = await converse(context, 'Capital of France?');
	expect(correctAnswer(context, { messageId: answer.id, correction: 'Paris' }).correction).toBe('Paris');
	expect(correctAnswer(context, { messageId: answer.id, correction: 'Paris' }).earlier).toBe(0);
	expect(correctAnswer(context, { messageId: answer.id, correction: 'Lyon' })).toMatchObject({
		correction: null,
		earlier: 1,
	});
});

describe('what people do next', () => {
	test('is noticed: answered again, edited, asked in other words, continued, stopped, copied', async () => {
		const context = conversationForTest(
			answering('a', 'b', 'c', 'd', 'e', [
				{ type: 'text', text: 'long' },
				{ type: 'wait', ms: 60_000 },
			]),
		);
		listenForSignals(context);
		const signals = (id: number) => feedbackOf(context, [id])[0]?.signals.map(({ signal }) => signal);
		const first = await converse(context, 'Name the largest river of Europe');
		const again = await answerOf(context, regenerate(context, { messageId: first.messageId }));
		expect(signals(first.messageId)).toEqual(['regenerated']);
		const second = await converse(context, 'Please name the largest river of Europe', {
			conversationId: first.conversationId,
			parentId: again.id,
		});
		expect(signals(again.id)).toEqual(['rephrased']);
		const edited = await converse(context, 'Of Asia', { conversationId: first.conversationId, parentId: again.id });
		expect(signals(second.messageId)).toEqual(['edited']);
		await converse(context, 'And how long is it?', { conversationId: first.conversationId });
		expect(signals(edited.messageId)).toEqual(['continued']);
		noticeSignal(context, { messageId: edited.messageId, signal: 'copied' });
		expect(signals(edited.messageId)).toEqual(['continued', 'copied']);
		const stopped = sendMessage(context, { conversationId: null, text: 'Write much' });
		await stopAnswer(context, stopped.generationId);
		expect(signals(stopped.messageId)).toEqual(['stopped']);
	});

	test('is not noticed when that is switched off', async () => {
		const context = conversationForTest({ settings: { collectSignals: false } });
		listenForSignals(context);
		const { answer, conversationId } = await converse(context, 'one');
		await converse(context, 'That is wrong.', { conversationId });
		noticeSignal(context, { messageId: answer.id, signal: 'copied' });
		expect(feedbackOf(context, [answer.id])[0]?.signals).toEqual([]);
	});

	test('can be removed, and is then not noticed again', async () => {
		const context = conversationForTest();
		const { answer } = await converse(context, 'one');
		const [noticed] = noticeSignal(context, { messageId: answer.id, signal: 'copied' }).signals;
		expect(removeSignal(context, noticed?.id ?? 0).signals).toEqual([]);
		expect(noticeSignal(context, { messageId: answer.id, signal: 'copied' }).signals).toEqual([]);
		expect((await failureOf(() => removeSignal(context, noticed?.id ?? 0))).code).toBe('signal-unknown');
	});

	test('words only suggest a rating until somebody confirms it', async () => {
		const context = conversationForTest();
		listenForSignals(context);
		const { answer, conversationId } = await converse(context, 'Sum of 2 and 2?');
		await converse(context, 'No, that is wrong. Try it again.', { conversationId });
		const before = feedbackOf(context, [answer.id])[0];
		const suggested = before?.signals.find(({ source }) => source === 'suggested');
		expect([before?.rating, suggested?.signal, suggested?.evidence]).toEqual([
			null,
			'contradicted',
			'No, that is wrong.',
		]);
		expect(confirmSignal(context, suggested?.id ?? 0)).toMatchObject({ rating: 'down', comment: 'No, that is wrong.' });
	});
});

describe('the report', () => {
	test('lists what holds, filtered, and counts thumbs by model with an interval', async () => {
		const context = conversationForTest(answering('a', 'b', 'c'));
		const reader = openReader(context.path);
		const [one, two, three] = [
			await converse(context, 'One?'),
			await converse(context, 'Two?'),
			await converse(context, 'THREE?'),
		];
		rateAnswer(context, rate(one.messageId, 'up'));
		rateAnswer(context, rate(two.messageId, 'down', { tags: ['too-long'] }));
		correctAnswer(context, { messageId: three.messageId, correction: 'C' });
		const prompts = async (filter: object) =>
			(await listFeedback(context.database, reader, feedbackFilterSchema.parse(filter), 10)).map(
				({ prompt }) => prompt,
			);
		expect(await prompts({})).toEqual(['THREE?', 'Two?', 'One?']);
		expect(await prompts({ rating: 'up' })).toEqual(['One?']);
		expect(await prompts({ rating: 'corrected' })).toEqual(['THREE?']);
		expect(await prompts({ tag: 'too-long' })).toEqual(['Two?']);
		expect(await prompts({ prompt: 'three' })).toEqual(['THREE?']);
		expect(await prompts({ modelFileId: 99 })).toEqual([]);
		const [count] = await countFeedback(reader, everything);
		expect(count).toMatchObject({ modelName: 'Scripted', up: 1, down: 1, corrected: 1, share: 0.5 });
		expect(count?.low).toBeCloseTo(0.0945, 4);
		expect(count?.high).toBeCloseTo(0.9055, 4);
	});

	test('finds the feedback of a message by its index', async () => {
		const { database } = conversationForTest();
		expect(queryPlan(database, feedbackOfMessage, { messageId: 1 }).join('\n')).toContain(
			'USING INDEX feedback_message',
		);
	});
});

describe('training data', () => {
	test('holds the exact prompt path of the answer’s own branch and the correction as target', async () => {
		const context = conversationForTest({ ...answering('a1', 'b1', 'b2'), settings: { systemPrompt: 'Be brief.' } });
		const first = await converse(context, 'first');
		const second = await converse(context, 'second', { conversationId: first.conversationId });
		const again = await answerOf(context, regenerate(context, { messageId: second.messageId }));
		rateAnswer(context, rate(second.messageId, 'down'));
		rateAnswer(context, rate(again.id, 'up'));
		correctAnswer(context, { messageId: first.messageId, correction: 'A1' });
		const items = await listFeedback(context.database, openReader(context.path), everything, 10);
		const item = (id: number) => items.find(({ messageId }) => messageId === id) ?? expect.unreachable();
		const prompt = [
			{ role: 'system', content: 'Be brief.' },
			{ role: 'user', content: 'first' },
		];
		expect(sftLine(context.database, item(first.messageId))).toEqual({
			messages: [...prompt, { role: 'assistant', content: 'A1' }],
		});
		expect(sftLine(context.database, item(second.messageId))).toBeNull();
		expect(preferenceLines(context.database, item(first.messageId))).toEqual([
			{ prompt, chosen: [{ role: 'assistant', content: 'A1' }], rejected: [{ role: 'assistant', content: 'a1' }] },
		]);
		expect(preferenceLines(context.database, item(again.id))).toEqual([
			{
				prompt: [...prompt, { role: 'assistant', content: 'a1' }, { role: 'user', content: 'second' }],
				chosen: [{ role: 'assistant', content: 'b2' }],
				rejected: [{ role: 'assistant', content: 'b1' }],
			},
		]);
	});
});
