import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { branchConversation, versionsOf } from '../../../electron/conversation/branch-conversation.ts';
import {
	changeSystemPrompt,
	openConversation,
	trashConversation,
} from '../../../electron/conversation/edit-conversation.ts';
import { setOptions } from '../../../electron/conversation/options.ts';
import { regenerate, sendMessage } from '../../../electron/conversation/send-message.ts';
import { all, get, run } from '../../../electron/database/sql.ts';
import { answering, answerOf, conversationForTest, converse } from '../../support/conversation.ts';
import { failureOf } from '../../support/failure.ts';

const contents = (context: Parameters<typeof openConversation>[0], id: number) =>
	openConversation(context, id).messages.map(({ content }) => content);

describe('branching into a new conversation', () => {
	test('the branch copies everything up to the message with its generations, and the original stays', async () => {
		const context = conversationForTest(answering('red', 'green', 'leaf'));
		const first = await converse(context, 'A colour?', { systemPrompt: 'Be brief.' });
		const { conversationId } = first;
		setOptions(context, conversationId, { sampling: { temperature: 0.1 }, contextSize: 1024 });
		const second = await converse(context, 'Another?', { conversationId });
		await converse(context, 'What is green?', { conversationId });
		const branch = await branchConversation(context, second.messageId);
		expect(branch).toMatchObject({ title: 'A colour? (2)', systemPrompt: 'Be brief.', deletedAt: null });
		const copy = openConversation(context, branch.id);
		expect(copy.messages.map(({ content }) => content)).toEqual(['A colour?', 'red', 'Another?', 'green']);
		expect(copy.options).toEqual({ presetId: null, sampling: { temperature: 0.1 }, contextSize: 1024 });
		expect(copy.origin).toEqual({ conversationId, messageId: second.messageId, title: 'A colour?' });
		expect(copy.messages[1]?.generation).toMatchObject({ modelName: 'Scripted', completionTokens: 1 });
		expect(copy.messages.every(({ id, siblings }) => siblings.length === 1 && siblings[0] === id)).toBe(true);
		expect(contents(context, conversationId)).toEqual([
			...['A colour?', 'red', 'Another?', 'green'],
			...['What is green?', 'leaf'],
		]);
		const tokens = 'SELECT count(*) AS n FROM generations WHERE token_ids IS NULL';
		expect(get(context.database, tokens)).toEqual({ n: 0 });
	});

	test('branch and original are independent afterwards', async () => {
		const context = conversationForTest();
		const { conversationId, messageId } = await converse(context, 'one');
		const branch = await branchConversation(context, messageId);
		changeSystemPrompt(context, branch.id, 'Only here.');
		await converse(context, 'there', { conversationId: branch.id });
		await converse(context, 'here', { conversationId });
		expect(contents(context, branch.id)).toEqual(['one', 'You said: one', 'there', 'You said: there']);
		expect(contents(context, conversationId)).toEqual(['one', 'You said: one', 'here', 'You said: here']);
		expect(openConversation(context, conversationId).conversation.systemPrompt).toBe('');
	});

	test('a number distinguishes sibling branches', async () => {
		const context = conversationForTest();
		const { messageId } = await converse(context, 'one');
		const titles: string[] = [];
		for (let count = 0; count < 2; count += 1) titles.push((await branchConversation(context, messageId)).title);
		expect(titles).toEqual(['one (2)', 'one (3)']);
	});

	test('a branch can end in a user message, which can then be answered', async () => {
		const context = conversationForTest(answering('no', 'yes'));
		const { userMessageId } = await converse(context, 'Really?');
		const branch = await branchConversation(context, userMessageId!);
		const [question] = openConversation(context, branch.id).messages;
		const answer = await answerOf(context, regenerate(context, { messageId: question!.id }));
		expect(contents(context, branch.id)).toEqual(['Really?', 'yes']);
		expect(answer.siblings).toEqual([answer.id]);
	});

	test('a branch copies the attachments of its messages', async () => {
		const context = conversationForTest();
		const { messageId, userMessageId } = await converse(context, 'Read this.');
		run(
			context.database,
			`INSERT INTO attachments (message_id, position, name, media_type, size_bytes, characters, text, created_at)
			 VALUES (:id, 0, 'a.txt', 'text/plain', 5, 5, 'hello', 1)`,
			{ id: userMessageId! },
		);
		const branch = await branchConversation(context, messageId);
		const [question] = openConversation(context, branch.id).messages;
		expect(
			all(context.database, 'SELECT name, text FROM attachments WHERE message_id = :id', { id: question!.id }),
		).toEqual([{ name: 'a.txt', text: 'hello' }]);
	});

	test('branching is refused during an answer, and for an unknown message', async () => {
		const context = conversationForTest(answering([{ type: 'stall' }]));
		const start = sendMessage(context, { conversationId: null, text: 'go' });
		await sleep(20);
		expect((await failureOf(() => branchConversation(context, start.messageId))).code).toBe('answer-in-progress');
		expect((await failureOf(() => branchConversation(context, 99))).code).toBe('message-unknown');
		await trashConversation(context, start.conversationId);
	});

	test('a branch of a conversation in the trash no longer names its origin', async () => {
		const context = conversationForTest();
		const { conversationId, messageId } = await converse(context, 'one');
		const branch = await branchConversation(context, messageId);
		await trashConversation(context, conversationId);
		expect(openConversation(context, branch.id).origin).toBeNull();
	});
});

describe('one message to several models', () => {
	const said = (text: string) => ({ answers: [{ steps: [{ type: 'text' as const, text }] }] });

	test('the models answer in turn, as siblings, and the conversation continues from the first', async () => {
		const order: string[] = [];
		const context = conversationForTest({
			script: { answers: [{ steps: [{ type: 'text', text: 'from one', tokenDelayMs: 20 }] }] },
			others: { 2: said('from two'), 3: said('from three') },
		});
		context.events.subscribe((event) => {
			if (event.type === 'generation-ended') order.push(`end ${event.messageId}`);
			if (event.type === 'generation-started') order.push(`start ${event.messageId}`);
		});
		const start = sendMessage(context, { conversationId: null, text: 'Who?', alsoModelFileIds: [2, 1, 3, 2] });
		const before = versionsOf(context, start.messageId);
		expect(before.map(({ status }) => status)).toEqual(['streaming', 'streaming', 'streaming']);
		await Promise.all(context.answers.all().map(({ ended }) => ended));
		const answers = versionsOf(context, start.messageId);
		expect(answers.map(({ content, generation }) => [content, generation?.modelName])).toEqual([
			['from one', 'Scripted'],
			['from two', 'Scripted 2'],
			['from three', 'Scripted 3'],
		]);
		const seeds = new Set(answers.map(({ generation }) => generation?.sampling.seed));
		expect(seeds.size).toBe(1);
		const ids = answers.map(({ id }) => id);
		expect(order).toEqual([...ids.map((id) => `start ${id}`), ...ids.map((id) => `end ${id}`)]);
		const thread = openConversation(context, start.conversationId);
		expect(thread.messages.at(-1)).toMatchObject({ id: start.messageId, siblings: ids });
		expect(thread.conversation.modelFileId).toBe(1);
		expect(thread.conversation.generatingMessageId).toBeNull();
	});

	test('stopping the first answer ends all of them', async () => {
		const context = conversationForTest({
			script: { answers: [{ steps: [{ type: 'text', text: 'so far' }, { type: 'stall' }] }] },
			others: { 2: said('never') },
		});
		const start = sendMessage(context, { conversationId: null, text: 'go', alsoModelFileIds: [2] });
		await sleep(30);
		const live = context.answers.all();
		for (const answer of live) answer.stop();
		await Promise.all(live.map(({ ended }) => ended));
		expect(versionsOf(context, start.messageId).map(({ status, content }) => [status, content])).toEqual([
			['stopped', 'so far'],
			['stopped', ''],
		]);
	});

	test('an unknown model among them stops the message, and nothing is stored', async () => {
		const context = conversationForTest();
		const failure = await failureOf(() =>
			sendMessage(context, { conversationId: null, text: 'hi', alsoModelFileIds: [99] }),
		);
		expect(failure.code).toBe('model-unknown');
		expect(get(context.database, 'SELECT count(*) AS n FROM messages')).toEqual({ n: 0 });
	});
});
