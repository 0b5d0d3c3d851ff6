import { describe, expect, test } from 'vitest';
import { continueAnswer } from '../../../electron/conversation/answer/continue-answer.ts';
import { stopAnswer } from '../../../electron/conversation/answer/follow-answer.ts';
import { regenerate, sendMessage } from '../../../electron/conversation/send-message.ts';
import {
	confirmSignal,
	correctAnswer,
	noticeSignal,
	rateAnswer,
	readFeedbackOf,
	readHistoryOf,
	removeSignal,
} from '../../../electron/feedback/record.ts';
import { listenForSignals } from '../../../electron/feedback/signals.ts';
import { answering, answerOf, conversationForTest, converse } from '../../support/conversation.ts';
import { failureOf } from '../../support/failure.ts';

function rate(messageId: number, rating: 'up' | 'down' | null, more: { tags?: string[]; comment?: string } = {}) {
	return { messageId, rating, tags: more.tags ?? [], comment: more.comment ?? null };
}

describe('ratings', () => {
	test('a rating is stored with its tags and comment, and replaced without losing the previous one', async () => {
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

	test('the history keeps everything, newest first, with replaced entries', async () => {
		const context = conversationForTest(answering('Lyon'));
		const { answer } = await converse(context, 'Capital of France?');
		rateAnswer(context, rate(answer.id, 'up', { comment: 'nice' }));
		rateAnswer(context, rate(answer.id, 'down', { tags: ['wrong-fact'] }));
		correctAnswer(context, { messageId: answer.id, correction: 'Paris' });
		const entries = readHistoryOf(context, answer.id);
		expect(
			entries.map(({ kind, rating, tags, comment, correction, supersededAt }) => [
				kind,
				rating,
				tags,
				comment,
				correction,
				supersededAt === null,
			]),
		).toEqual([
			['correction', null, [], null, 'Paris', true],
			['rating', 'down', ['wrong-fact'], null, null, true],
			['rating', 'up', [], 'nice', null, false],
		]);
	});

	test('only answers can be rated', async () => {
		const context = conversationForTest();
		const { userMessageId } = await converse(context, 'one');
		const failure = await failureOf(() => rateAnswer(context, rate(userMessageId ?? 0, 'up')));
		expect(failure.code).toBe('not-an-answer');
	});
});

test('a correction is stored with the answer; the answer’s own text withdraws it', async () => {
	const context = conversationForTest(answering('Lyon'));
	const { answer } = await converse(context, 'Capital of France?');
	expect(correctAnswer(context, { messageId: answer.id, correction: 'Paris' }).correction).toBe('Paris');
	expect(correctAnswer(context, { messageId: answer.id, correction: 'Paris' }).earlier).toBe(0);
	expect(correctAnswer(context, { messageId: answer.id, correction: 'Lyon' })).toMatchObject({
		correction: null,
		earlier: 1,
	});
});

describe('signals', () => {
	test('signals are recorded: regenerated, edited, asked in other words, continued, stopped, copied', async () => {
		const context = conversationForTest(
			answering('a', 'b', 'c', 'd', 'e', [
				{ type: 'text', text: 'long' },
				{ type: 'wait', ms: 60_000 },
			]),
		);
		listenForSignals(context);
		const signals = (id: number) => readFeedbackOf(context, [id])[0]?.signals.map(({ signal }) => signal);
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

	test('no signal is recorded when switched off', async () => {
		const context = conversationForTest({ settings: { collectSignals: false } });
		listenForSignals(context);
		const { answer, conversationId } = await converse(context, 'one');
		await converse(context, 'That is wrong.', { conversationId });
		noticeSignal(context, { messageId: answer.id, signal: 'copied' });
		expect(readFeedbackOf(context, [answer.id])[0]?.signals).toEqual([]);
	});

	test('a retry after a failure, a continuation and answers side by side do not count as regenerated', async () => {
		const context = conversationForTest(
			answering(
				[{ type: 'fail', failure: { code: 'engine-failed', message: 'It failed.', next: [] } }],
				'second',
				'third',
			),
		);
		listenForSignals(context);
		const signals = (id: number) => readFeedbackOf(context, [id])[0]?.signals.map(({ signal }) => signal);
		const failed = await converse(context, 'Name a river');
		expect(failed.answer.status).toBe('failed');
		const second = await answerOf(context, regenerate(context, { messageId: failed.messageId }));
		expect(signals(failed.messageId)).toEqual([]);
		await answerOf(context, continueAnswer(context, second.id));
		expect(signals(second.id)).toEqual(['continued']);
	});

	test('a removed signal is not recorded again', async () => {
		const context = conversationForTest();
		const { answer } = await converse(context, 'one');
		const [noticed] = noticeSignal(context, { messageId: answer.id, signal: 'copied' }).signals;
		expect(removeSignal(context, noticed?.id ?? 0).signals).toEqual([]);
		expect(noticeSignal(context, { messageId: answer.id, signal: 'copied' }).signals).toEqual([]);
		expect((await failureOf(() => removeSignal(context, noticed?.id ?? 0))).code).toBe('signal-unknown');
	});

	test('words only suggest a rating until the user confirms it', async () => {
		const context = conversationForTest();
		listenForSignals(context);
		const { answer, conversationId } = await converse(context, 'Sum of 2 and 2?');
		await converse(context, 'No, that is wrong. Try it again.', { conversationId });
		const before = readFeedbackOf(context, [answer.id])[0];
		const suggested = before?.signals.find(({ source }) => source === 'suggested');
		expect([before?.rating, suggested?.signal, suggested?.evidence]).toEqual([
			null,
			'contradicted',
			'No, that is wrong.',
		]);
		expect(confirmSignal(context, suggested?.id ?? 0)).toMatchObject({ rating: 'down', comment: 'No, that is wrong.' });
	});
});
