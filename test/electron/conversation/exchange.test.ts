import { describe, expect, test } from 'vitest';
import { openConversation, trashConversation } from '../../../electron/conversation/edit-conversation.ts';
import { exportConversation } from '../../../electron/conversation/exchange/export.ts';
import { importConversations } from '../../../electron/conversation/exchange/import.ts';
import { regenerate } from '../../../electron/conversation/send-message.ts';
import { all } from '../../../electron/database/sql.ts';
import {
	answering,
	answerOf,
	type ConversationForTest,
	conversationForTest,
	converse,
} from '../../support/conversation.ts';
import { failureOf } from '../../support/failure.ts';

async function branchedConversation(context: ConversationForTest): Promise<number> {
	const { conversationId, messageId } = await converse(context, 'Name a *colour* 👍🏽');
	await answerOf(context, regenerate(context, { messageId }));
	await converse(context, 'And another?', { conversationId });
	return conversationId;
}

const answers = answering('<think>Hmm.</think>red', 'green <b>', [
	{ type: 'text', text: 'blu' },
	{ type: 'fail', failure: { code: 'worker-crashed', message: 'The worker crashed.', next: ['Again'] } },
]);

describe('export and import', () => {
	test('take every branch, reasoning, failure and generation to another computer', async () => {
		const here = conversationForTest(answers);
		const id = await branchedConversation(here);
		const { text, fileName } = exportConversation(here, id, 'json');
		expect(fileName).toBe('assay-name-a-colour-1.json');
		const there = conversationForTest({ model: false });
		await converse(conversationForTest(), 'something else');
		const result = importConversations(there, text);
		expect(result.skipped).toEqual([]);
		expect(exportConversation(there, result.conversations[0]?.id ?? 0, 'json').text).toBe(text);
		const shape = (context: ConversationForTest, conversation: number) =>
			openConversation(context, conversation).messages.map(({ content, reasoning, status, failure, siblings }) => [
				content,
				reasoning,
				status,
				failure?.code,
				siblings.length,
			]);
		expect(shape(there, 1)).toEqual(shape(here, id));
		expect(shape(there, 1)).toEqual([
			['Name a *colour* 👍🏽', null, 'complete', undefined, 1],
			['green <b>', null, 'complete', undefined, 2],
			['And another?', null, 'complete', undefined, 1],
			['blu', null, 'failed', 'worker-crashed', 1],
		]);
	});

	test('change nothing when a file comes in again, not even into where it came from', async () => {
		const context = conversationForTest(answers);
		const id = await branchedConversation(context);
		const { text } = exportConversation(context, id, 'json');
		const again = importConversations(context, text);
		expect(again.conversations).toEqual([]);
		expect(again.skipped).toEqual([{ what: 'Name a colour 👍🏽', why: 'already here: “Name a colour 👍🏽”' }]);
		await trashConversation(context, id);
		expect(importConversations(context, text).skipped[0]?.why).toContain('in the trash');
		expect(all(context.database, 'SELECT count(*) AS n FROM conversations')).toEqual([{ n: 1 }]);
	});

	test('bring in as new what holds more than what is here', async () => {
		const context = conversationForTest();
		const { conversationId } = await converse(context, 'one');
		const early = exportConversation(context, conversationId, 'json').text;
		await converse(context, 'two', { conversationId });
		expect(importConversations(context, early).skipped).toHaveLength(1);
		const other = conversationForTest();
		importConversations(other, early);
		const late = importConversations(other, exportConversation(context, conversationId, 'json').text);
		expect(late.conversations).toHaveLength(1);
	});

	test('take what is readable and say of the rest why not', async () => {
		const context = conversationForTest();
		await converse(context, 'good');
		const document = JSON.parse(exportConversation(context, 1, 'json').text) as { conversations: [object] };
		const [good] = document.conversations as [{ messages: object[] }];
		const [question, answer] = good.messages;
		document.conversations = [
			{ ...good, title: 'loop', createdAt: 1, messages: [{ ...question, parentId: 2 }, answer] },
			{ ...good, title: 'no head', createdAt: 1, headId: 77 },
			{ title: 'half', messages: 'none' },
			{ ...good, title: 'fine\0', createdAt: 1 },
		] as unknown as [object];
		const { conversations, skipped } = importConversations(context, JSON.stringify(document));
		expect(conversations.map(({ title }) => title)).toEqual(['fine\uFFFD']);
		expect(skipped.map(({ what }) => what)).toEqual(['loop', 'no head', 'half']);
		expect(skipped[0]?.why).toBe('message 1 follows message 2, which is not before it');
	});

	test.each([
		['no JSON', 'Dear diary'],
		['other JSON', '{"conversations":[]}'],
		['a later format', '{"format":"assay-conversations","version":2,"conversations":[]}'],
	])('refuse %s with one clear failure', async (_, text) => {
		const failure = await failureOf(() => importConversations(conversationForTest(), text));
		expect(failure.code).toBe('import-unreadable');
	});
});

test('Markdown holds the current branch as it is, with the model under each answer', async () => {
	const context = conversationForTest(answers);
	const id = await branchedConversation(context);
	const { fileName, text } = exportConversation(context, id, 'markdown');
	expect(fileName).toBe('assay-name-a-colour-1.md');
	expect(text).toContain('# Name a colour 👍🏽\n');
	expect(text).toContain('## You\n\nName a *colour* 👍🏽\n\n## Assistant (Scripted, F32)\n\ngreen <b>\n');
	expect(text).toContain('blu\n\n*Failed.*\n\n*The worker crashed.*');
	expect(text).not.toContain('red');
});

describe('another program’s export', () => {
	const answer = (id: string, parent: string, text: string) => ({
		id,
		parent,
		message: {
			author: { role: 'assistant' },
			create_time: 1_750_000_002,
			content: { content_type: 'text', parts: [text] },
		},
	});
	const chatGpt = JSON.stringify([
		{
			title: 'Rivers',
			create_time: 1_750_000_000.5,
			update_time: 1_750_000_009,
			current_node: 'b',
			mapping: {
				q: {
					id: 'q',
					parent: null,
					message: {
						author: { role: 'user' },
						create_time: 1_750_000_001,
						content: { content_type: 'text', parts: ['Longest?'] },
					},
				},
				a: answer('a', 'q', 'The Nile'),
				b: answer('b', 'q', 'The Amazon'),
			},
		},
		{ title: 'Empty', create_time: 1, mapping: {} },
		{ nothing: true },
	]);

	test('comes in with its times and both branches, and a second time changes nothing', () => {
		const context = conversationForTest();
		const first = importConversations(context, chatGpt);
		expect(first.conversations.map(({ title, createdAt }) => [title, createdAt])).toEqual([
			['Rivers', 1_750_000_000_500],
		]);
		expect(first.skipped.map(({ why }) => why)).toEqual([
			'it holds no text',
			'element 3 of the file is no conversation of a program Assay knows',
		]);
		const thread = openConversation(context, first.conversations[0]?.id ?? 0);
		expect(thread.messages.map(({ content, siblings }) => [content, siblings.length])).toEqual([
			['Longest?', 1],
			['The Amazon', 2],
		]);
		expect(importConversations(context, chatGpt).conversations).toEqual([]);
	});

	test('of Jan comes in from its lines', () => {
		const line = (id: string, role: string, value: string) =>
			JSON.stringify({
				id,
				object: 'thread.message',
				thread_id: 't',
				role,
				content: [{ type: 'text', text: { value } }],
				created_at: 1_750_000_000_000,
			});
		const { conversations } = importConversations(
			conversationForTest(),
			`${line('1', 'user', 'Hi')}\n${line('2', 'assistant', 'Yo')}\n`,
		);
		expect(conversations.map(({ title }) => title)).toEqual(['Hi']);
	});
});
