import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { continueAnswer } from '../../../electron/conversation/answer/continue-answer.ts';
import { stopAnswer } from '../../../electron/conversation/answer/follow-answer.ts';
import { countPromptTokens } from '../../../electron/conversation/count-tokens.ts';
import { openConversation } from '../../../electron/conversation/edit-conversation.ts';
import { regenerate, sendMessage } from '../../../electron/conversation/send-message.ts';
import { all, run } from '../../../electron/database/sql.ts';
import { answering, answerOf, conversationForTest, converse } from '../../support/conversation.ts';
import { failureOf } from '../../support/failure.ts';

describe('sending a message', () => {
	test('a message and its empty answer are stored before the engine is requested', () => {
		const context = conversationForTest({ load: () => new Promise(() => {}) });
		const start = sendMessage(context, { conversationId: null, text: 'Hello?' });
		expect(all(context.database, 'SELECT id, parent_id, role, status, content FROM messages ORDER BY id')).toEqual([
			{ id: start.userMessageId, parent_id: null, role: 'user', status: 'complete', content: 'Hello?' },
			{ id: start.messageId, parent_id: start.userMessageId, role: 'assistant', status: 'streaming', content: '' },
		]);
		expect(context.published.map(({ type }) => type)).toEqual(['generation-started', 'conversation-changed']);
	});

	test('sending returns the same conversation and messages as opening it', async () => {
		const context = conversationForTest({ ...answering('one', 'two'), others: { 2: {} } });
		const first = sendMessage(context, { conversationId: null, text: 'Hello?', alsoModelFileIds: [2] });
		const { conversation, options, messages } = openConversation(context, first.conversationId);
		expect(first.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'assistant']);
		expect({ ...first, messages: first.messages.slice(0, 2) }).toMatchObject({ conversation, options, messages });
		await Promise.all(context.answers.all().map(({ ended }) => ended));
		const again = regenerate(context, { messageId: first.messageId });
		const opened = openConversation(context, first.conversationId);
		expect(again.messages).toEqual([opened.messages[1]]);
		expect(again.conversation).toEqual(opened.conversation);
		await answerOf(context, again);
		const more = continueAnswer(context, again.messageId);
		expect(more.messages).toMatchObject([{ status: 'streaming', content: 'two', continuesId: again.messageId }]);
		await answerOf(context, more);
	});

	test('an earlier answer names its model as the user calls it now', async () => {
		const context = conversationForTest(answering('one'));
		const { conversationId } = await converse(context, 'Hello?');
		const nameOf = () => openConversation(context, conversationId).messages.at(-1)?.generation?.modelName;
		expect(nameOf()).toBe('Scripted');
		run(context.database, `UPDATE model_files SET display_name = 'Pocket'`);
		expect(nameOf()).toBe('Pocket');
	});

	test('a message is answered, and the generation is stored with the answer', async () => {
		const context = conversationForTest(answering('The capital is Paris.'));
		const { answer, conversationId } = await converse(context, 'What is the capital of France?', {
			sampling: { seed: 7, temperature: 0, maxTokens: 50 },
		});
		expect(answer).toMatchObject({
			status: 'complete',
			content: 'The capital is Paris.',
			generation: {
				modelName: 'Scripted',
				engineBuild: 'scripted',
				completionTokens: 4,
				stopReason: 'end',
				contextSize: 4096,
				sampling: { seed: 7, temperature: 0, maxTokens: 50, topK: 40 },
			},
		});
		expect(openConversation(context, conversationId)).toMatchObject({
			conversation: { title: 'What is the capital of France?', titleSource: 'automatic', generatingMessageId: null },
			messages: [{ content: 'What is the capital of France?' }, { id: answer.id, siblings: [answer.id] }],
		});
		expect(all(context.database, 'SELECT * FROM message_chunks')).toEqual([]);
		expect(all(context.database, 'SELECT length(token_ids) AS bytes FROM generations')).toEqual([{ bytes: 16 }]);
		expect(context.published.slice(-2).map(({ type }) => type)).toEqual(['generation-ended', 'conversation-changed']);
	});

	test('the model receives the system prompt and the branch before the message', async () => {
		const context = conversationForTest({ settings: { systemPrompt: 'Be brief.' } });
		const first = await converse(context, 'one');
		const second = await converse(context, 'two', { conversationId: first.conversationId });
		expect(second.answer.generation?.promptTokens).toBe(
			'<|system|> Be brief. <|end|> <|user|> one <|end|> <|assistant|> You said: one <|end|> <|user|> two <|end|> <|assistant|>'.split(
				' ',
			).length,
		);
		expect(second.answer.generation?.cachedTokens).toBeGreaterThan(0);
	});

	test('without a seed, a different one is drawn each time', async () => {
		const context = conversationForTest();
		const first = await converse(context, 'one');
		const second = await converse(context, 'two', { conversationId: first.conversationId });
		const seeds = [first, second].map(({ answer }) => answer.generation?.sampling.seed);
		expect(new Set(seeds).size).toBe(2);
		expect(seeds.every((seed) => Number.isInteger(seed))).toBe(true);
	});

	test('NUL bytes, half surrogates, right-to-left text and emoji come back unchanged except for the broken parts', async () => {
		const context = conversationForTest(answering('שלום 👩‍👩‍👧‍👦'));
		const text = 'مرحبا\0 \uD83D 👍🏽 e\u0301 \u202Eabc';
		const { conversationId } = await converse(context, text);
		const [question, answer] = openConversation(context, conversationId).messages;
		expect(question?.content).toBe('مرحبا\uFFFD \uFFFD 👍🏽 e\u0301 \u202Eabc');
		expect(answer?.content).toBe('שלום 👩‍👩‍👧‍👦');
	});

	test('a message of a megabyte is stored whole, and the model reports if it is too long', async () => {
		const context = conversationForTest();
		const text = 'word '.repeat(200_000);
		const { answer, conversationId } = await converse(context, text);
		expect(openConversation(context, conversationId).messages[0]?.content).toBe(text);
		expect(answer).toMatchObject({ status: 'failed', failure: { code: 'prompt-too-long' } });
		const next = await converse(context, 'short', { conversationId: null });
		expect(next.answer.status).toBe('complete');
	});

	test('after a message that was too long, the conversation goes on without it', async () => {
		const context = conversationForTest({ script: { contextSize: 128 } });
		const first = await converse(context, 'word '.repeat(200));
		expect(first.answer.failure?.code).toBe('prompt-too-long');
		const { conversationId } = first;
		const measured = await countPromptTokens(context, {
			conversationId,
			text: 'short',
			attachmentIds: [],
			attachments: [],
		});
		expect(measured).toMatchObject({ excess: 0, dropped: [first.userMessageId] });
		const { answer } = await converse(context, 'short', { conversationId });
		expect(answer).toMatchObject({ status: 'complete', generation: { droppedTurns: 1 } });
	});

	test.each([
		['only white space', ' \n\t', {}, 'message-empty'],
		['an unknown conversation', 'hi', { conversationId: 99 }, 'conversation-unknown'],
		['an unknown model', 'hi', { modelFileId: 99 }, 'model-unknown'],
	])('a message with %s is refused and nothing is stored', async (_, text, input, code) => {
		const context = conversationForTest();
		const failure = await failureOf(() => sendMessage(context, { conversationId: null, ...input, text }));
		expect(failure.code).toBe(code);
		expect(all(context.database, 'SELECT id FROM messages UNION ALL SELECT id FROM conversations')).toEqual([]);
	});

	test('without any model, a message is refused with a next step', async () => {
		const context = conversationForTest({ model: false });
		const failure = await failureOf(() => sendMessage(context, { conversationId: null, text: 'hi' }));
		expect([failure.code, failure.next[0]]).toEqual(['no-model', 'Download the starter model (98 MB)']);
	});

	test('during an answer, another message in the conversation is refused until the answer is stopped', async () => {
		const context = conversationForTest(answering([{ type: 'stall' }], 'Now you.'));
		const first = sendMessage(context, { conversationId: null, text: 'one' });
		const { conversationId } = first;
		await sleep(20);
		const failure = await failureOf(() => sendMessage(context, { conversationId, text: 'two' }));
		expect(failure.code).toBe('answer-in-progress');
		expect(await stopAnswer(context, first.generationId)).toBe(true);
		expect((await converse(context, 'two', { conversationId })).answer.content).toBe('Now you.');
	});

	test('two messages sent at once to one model are answered one after the other', async () => {
		const context = conversationForTest(
			answering([{ type: 'text', text: 'first of all', tokenDelayMs: 20 }], 'second'),
		);
		const one = sendMessage(context, { conversationId: null, text: 'one' });
		const two = sendMessage(context, { conversationId: null, text: 'two' });
		const order: string[] = [];
		const [first, second] = await Promise.all(
			[one, two].map(async (start) => {
				const answer = await answerOf(context, start);
				order.push(answer.content);
				return answer;
			}),
		);
		expect(order).toEqual(['first of all', 'second']);
		expect([first?.status, second?.status]).toEqual(['complete', 'complete']);
	});
});

describe('editing and regenerating', () => {
	test('an edited message becomes a sibling, and nothing is overwritten', async () => {
		const context = conversationForTest();
		const first = await converse(context, 'one');
		const { conversationId } = first;
		await converse(context, 'two', { conversationId });
		const edited = await converse(context, 'two, but better', { conversationId, parentId: first.messageId });
		const { messages } = openConversation(context, conversationId);
		expect(messages.map(({ content }) => content)).toEqual([
			'one',
			'You said: one',
			'two, but better',
			'You said: two, but better',
		]);
		expect(messages[2]?.siblings).toEqual([edited.userMessageId! - 2, edited.userMessageId]);
		expect(all(context.database, 'SELECT count(*) AS n FROM messages')).toEqual([{ n: 6 }]);
	});

	test('the first message can be edited too', async () => {
		const context = conversationForTest();
		const { conversationId, userMessageId } = await converse(context, 'one');
		const edited = await converse(context, 'uno', { conversationId, parentId: null });
		const { messages } = openConversation(context, conversationId);
		expect(messages.map(({ content }) => content)).toEqual(['uno', 'You said: uno']);
		expect(messages[0]?.siblings).toEqual([userMessageId, edited.userMessageId]);
	});

	test('a regenerated answer becomes a sibling of the old one', async () => {
		const context = conversationForTest(answering('red', 'green'));
		const { conversationId, messageId } = await converse(context, 'Name a colour.');
		const again = await answerOf(context, regenerate(context, { messageId }));
		expect([again.content, again.siblings]).toEqual(['green', [messageId, again.id]]);
		expect(openConversation(context, conversationId).messages.map(({ content }) => content)).toEqual([
			'Name a colour.',
			'green',
		]);
	});

	test('a message without an answer can be answered', async () => {
		const context = conversationForTest(answering([{ type: 'stall' }], 'here I am'));
		const start = sendMessage(context, { conversationId: null, text: 'Anybody?' });
		await sleep(20);
		await stopAnswer(context, start.generationId);
		const answer = await answerOf(context, regenerate(context, { messageId: start.userMessageId! }));
		expect(answer.content).toBe('here I am');
	});

	test('a message of another conversation, or a question, cannot be the parent', async () => {
		const context = conversationForTest();
		const one = await converse(context, 'one');
		const two = await converse(context, 'two');
		for (const parentId of [two.messageId, one.userMessageId]) {
			const failure = await failureOf(() =>
				sendMessage(context, { conversationId: one.conversationId, parentId, text: 'x' }),
			);
			expect(failure.code).toBe('parent-not-an-answer');
		}
	});
});
