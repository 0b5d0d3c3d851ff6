import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { continueAnswer, writtenText } from '../../../../electron/conversation/answer/continue-answer.ts';
import { followAnswer, stopAnswer } from '../../../../electron/conversation/answer/follow-answer.ts';
import { recoverInterrupted } from '../../../../electron/conversation/answer/recover-interrupted.ts';
import { openConversation } from '../../../../electron/conversation/edit-conversation.ts';
import { splitReasoning } from '../../../../electron/conversation/reasoning.ts';
import { sendMessage } from '../../../../electron/conversation/send-message.ts';
import { all } from '../../../../electron/database/sql.ts';
import { listenForSignals } from '../../../../electron/feedback/signals.ts';
import type { GenerateRequest } from '../../../../models/contract/generation.ts';
import type { Engine } from '../../../../models/engine.ts';
import { createScriptedEngine } from '../../../../models/worker/scripted-engine.ts';
import {
	answering,
	answerOf,
	collect,
	conversationForTest,
	converse,
	textShown,
} from '../../../support/conversation.ts';
import { failureOf } from '../../../support/failure.ts';

/** Wraps an engine and records its requests. */
function noting(engine: Engine): { engine: Engine; requests: GenerateRequest[] } {
	const requests: GenerateRequest[] = [];
	return {
		requests,
		engine: {
			...engine,
			generate(request, signal) {
				requests.push(request);
				return engine.generate(request, signal);
			},
		},
	};
}

const counting = 'one two three four five six';

describe('continuing an answer', () => {
	test('an answer at its token limit gets a sibling that begins with its text, token for token', async () => {
		const { engine, requests } = noting(
			createScriptedEngine({ answers: [{ steps: [{ type: 'text', text: counting }] }] }),
		);
		const context = conversationForTest({ engine });
		const first = await converse(context, 'Count.', { sampling: { maxTokens: 2 } });
		expect(first.answer.content).toBe('one two');
		const start = continueAnswer(context, first.messageId);
		expect(textShown(await collect(followAnswer(context, start.generationId))).content).toBe(counting);
		const answer = openConversation(context, first.conversationId).messages[1];
		expect(answer).toMatchObject({
			content: counting,
			continuesId: first.messageId,
			siblings: [first.messageId, start.messageId],
			generation: { completionTokens: 4, stopReason: 'end' },
		});
		expect(requests[1]?.turns).toEqual(requests[0]?.turns);
		const ids = all<{ ids: Uint8Array }>(context.database, 'SELECT token_ids AS ids FROM generations ORDER BY id');
		expect(requests[1]?.prefill).toEqual({ text: 'one two', tokens: littleEndian(ids[0]!.ids) });
		// All tokens that the engine had evaluated are reused.
		expect(answer?.generation?.cachedTokens).toBe(answer!.generation!.promptTokens - 1);
	});

	test('continuing a continuation passes on the tokens of all parts', async () => {
		const { engine, requests } = noting(
			createScriptedEngine({ answers: [{ steps: [{ type: 'text', text: counting }] }] }),
		);
		const options = { presetId: null, sampling: { maxTokens: 2 }, contextSize: null };
		const context = conversationForTest({ engine });
		const first = await converse(context, 'Count.', { options });
		const second = await answerOf(context, continueAnswer(context, first.messageId));
		expect(second.content).toBe('one two three four');
		const third = await answerOf(context, continueAnswer(context, second.id));
		expect(third.content).toBe(counting);
		expect(requests[2]?.prefill?.tokens).toHaveLength(4);
	});

	test('a stopped answer continues from its text, and the original stays', async () => {
		const context = conversationForTest({
			script: { answers: [{ steps: [{ type: 'text', text: `${counting} `.repeat(50), tokenDelayMs: 5 }] }] },
		});
		const start = sendMessage(context, { conversationId: null, text: 'Count.' });
		await sleep(60);
		await stopAnswer(context, start.generationId);
		const stopped = openConversation(context, start.conversationId).messages[1];
		const again = continueAnswer(context, start.messageId);
		await sleep(40);
		await stopAnswer(context, again.generationId);
		const goneOn = openConversation(context, start.conversationId).messages[1];
		expect(goneOn?.content.startsWith(stopped!.content)).toBe(true);
		expect(goneOn!.content.length).toBeGreaterThan(stopped!.content.length);
		const kept = all<{ content: string }>(context.database, 'SELECT content FROM messages WHERE id = :id', {
			id: start.messageId,
		});
		expect(kept[0]?.content).toBe(stopped?.content);
	});

	test('an answer cut off by a crash passes on its text, because its tokens are unknown', async () => {
		const { engine, requests } = noting(
			createScriptedEngine({
				answers: [
					{
						steps: [
							{ type: 'text', text: 'So far so good' },
							{ type: 'crash', how: { exitCode: 1 } },
						],
					},
					{ steps: [{ type: 'text', text: 'So far so good, and then on.' }] },
				],
			}),
		);
		const context = conversationForTest({ engine });
		const { answer } = await converse(context, 'Go.');
		expect(answer.status).toBe('failed');
		const next = await answerOf(context, continueAnswer(context, answer.id));
		expect(requests[1]?.prefill).toEqual({ text: 'So far so good', tokens: null });
		expect(next.content.startsWith('So far so good')).toBe(true);
		expect(next.status).toBe('complete');
	});

	test('a continuation that crashes keeps the text it began with', async () => {
		const context = conversationForTest(answering('one two', [{ type: 'stall' }]));
		const { answer, conversationId } = await converse(context, 'Count.');
		continueAnswer(context, answer.id);
		await sleep(20);
		// A new process would do this with the rows that this one leaves behind.
		recoverInterrupted(context.database, 1);
		expect(
			openConversation({ ...context, answers: { ...context.answers, message: () => undefined } }, conversationId)
				.messages[1],
		).toMatchObject({
			status: 'interrupted',
			content: 'one two',
		});
		const [live] = context.answers.all();
		live?.stop();
		await live?.ended;
	});

	test('a continuation keeps the reasoning and its time', async () => {
		const context = conversationForTest(
			answering('<think>\nFirst this.\n</think>\n\nThen', '<think>\nFirst this.\n</think>\n\nThen that.'),
		);
		const first = await converse(context, 'Think.');
		expect(first.answer).toMatchObject({ reasoning: 'First this.', content: 'Then' });
		const next = await answerOf(context, continueAnswer(context, first.messageId));
		expect(next).toMatchObject({ reasoning: 'First this.', content: 'Then that.' });
		expect(next.reasoningMs).toBe(first.answer.reasoningMs);
	});

	test.each([
		[
			'from the user',
			async (context: Parameters<typeof converse>[0]) => (await converse(context, 'hi')).userMessageId!,
		],
		['without any text', async (context: Parameters<typeof converse>[0]) => (await converse(context, 'hi')).messageId],
	])('continuing a message %s is refused', async (_, make) => {
		const context = conversationForTest(answering(''));
		const id = await make(context);
		expect((await failureOf(() => continueAnswer(context, id))).code).toBe('nothing-to-continue');
	});

	test('a continuation is recorded as such, and not as a regenerated answer', async () => {
		const context = conversationForTest(answering('one two', 'one two three'));
		const stop = listenForSignals(context);
		const { answer } = await converse(context, 'Count.');
		await answerOf(context, continueAnswer(context, answer.id));
		stop();
		expect(all(context.database, 'SELECT message_id AS id, signal FROM feedback')).toEqual([
			{ id: answer.id, signal: 'continued' },
		]);
	});
});

test('asking several models at once is no signal against each other’s answers', async () => {
	const context = conversationForTest({ others: { 2: {} } });
	const stop = listenForSignals(context);
	sendMessage(context, { conversationId: null, text: 'Who?', alsoModelFileIds: [2] });
	await Promise.all(context.answers.all().map(({ ended }) => ended));
	stop();
	expect(all(context.database, 'SELECT signal FROM feedback')).toEqual([]);
});

test.each([
	['content alone', { content: 'a', reasoning: null }],
	['reasoning and content', { content: 'b', reasoning: 'first a' }],
	['unfinished reasoning', { content: '', reasoning: 'first' }],
])('an answer is read back exactly as its model wrote it: %s', (_, answer) => {
	expect(splitReasoning(writtenText(answer))).toEqual(answer);
});

function littleEndian(bytes: Uint8Array): number[] {
	return [...new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))];
}
