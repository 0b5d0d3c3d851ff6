import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Conversation } from '../../../electron/contract/conversation/schema.ts';
import { branchConversation, versionsOf } from '../../../electron/conversation/branch-conversation.ts';
import { branchPath } from '../../../electron/conversation/branch-path.ts';
import { countPromptTokens } from '../../../electron/conversation/count-tokens.ts';
import { earlierMessages, openConversation, selectBranch } from '../../../electron/conversation/edit-conversation.ts';
import { purge } from '../../../electron/conversation/organise/purge.ts';
import { firstToRead } from '../../../electron/conversation/prompt-messages.ts';
import { listConversations } from '../../../electron/conversation/store/list-conversations.ts';
import { rowsOnPath } from '../../../electron/conversation/store/messages.ts';
import { run, transaction } from '../../../electron/database/sql.ts';
import { answering, type ConversationForTest, conversationForTest, converse } from '../../support/conversation.ts';

/** Adds `count` messages after one, one after the other; returns the last. */
function extend(context: ConversationForTest, conversationId: number, from: number, count: number): number {
	return transaction(context.database, () => {
		let parent = from;
		for (let index = 0; index < count; index += 1) {
			parent = insert(context, conversationId, parent, index % 2 === 0 ? 'user' : 'assistant', `text ${index}`);
		}
		run(context.database, 'UPDATE conversations SET head_message_id = :parent WHERE id = :conversationId', {
			parent,
			conversationId,
		});
		return parent;
	});
}

function insert(
	context: ConversationForTest,
	conversationId: number,
	parent: number | null,
	role: string,
	content: string,
) {
	return run(
		context.database,
		`INSERT INTO messages (conversation_id, parent_id, role, status, content, created_at)
		 VALUES (:conversationId, :parent, :role, 'complete', :content, 1)`,
		{ conversationId, parent, role, content },
	).id;
}

/** Counts how often other work could run before `work` was done. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
	let turns = 0;
	let on = true;
	async function count(): Promise<void> {
		while (on) {
			await setImmediate();
			turns += 1;
		}
	}
	const counting = count();
	await work();
	on = false;
	await counting;
	return turns;
}

async function longConversation(count: number) {
	const answers = answering('first', 'second', 'third');
	const context = conversationForTest({ ...answers, script: { ...answers.script, contextSize: 512 } });
	const { conversationId, messageId } = await converse(context, 'start');
	const head = extend(context, conversationId, messageId, count);
	return { context, conversationId, messageId, head };
}

describe('a long conversation', () => {
	test('is fetched from its end, and page by page to its beginning', async () => {
		const { context, conversationId } = await longConversation(700);
		const whole = openConversation(context, conversationId).messages;
		let messages = openConversation(context, conversationId, 100).messages;
		expect(messages).toEqual(whole.slice(-100));
		while (messages[0]?.parentId !== null) {
			messages = [...earlierMessages(context, messages[0]!.id, 500), ...messages];
		}
		expect(messages).toEqual(whole);
		expect(earlierMessages(context, whole[0]!.id, 500)).toEqual([]);
	});

	test('is counted and answered in steps between which other work runs; what can’t fit is not read', async () => {
		const { context, conversationId } = await longConversation(3_000);
		const text = 'And now?';
		let counted: Awaited<ReturnType<typeof countPromptTokens>> | undefined;
		const input = { conversationId, text, attachmentIds: [], attachments: [] };
		const turns = await turnsDuring(async () => {
			counted = await countPromptTokens(context, input);
		});
		expect(turns).toBeGreaterThan(1);
		const ids = openConversation(context, conversationId).messages.map(({ id }) => id);
		// All messages are either sent or reported as left out, in order.
		const dropped = counted?.dropped ?? [];
		expect(dropped.length).toBeGreaterThan(2_900);
		expect(dropped).toEqual(ids.slice(0, dropped.length));
		const { answer } = await converse(context, text, { conversationId });
		expect(answer).toMatchObject({ status: 'complete', content: 'second' });
		expect(answer.generation?.droppedTurns).toBe(dropped.length);
	});

	test('finds its end below any message', async () => {
		const { context, conversationId, messageId, head } = await longConversation(2_500);
		const thread = await selectBranch(context, conversationId, messageId, 10);
		expect(thread.messages.map(({ id }) => id).at(-1)).toBe(head);
	});
});

test('a copy of a long branch is hidden until it is whole, and other work runs meanwhile', async () => {
	const { context, conversationId, head } = await longConversation(450);
	let copying: Promise<Conversation> | undefined;
	const turns = await turnsDuring(async () => {
		copying = branchConversation(context, head);
		await setImmediate();
		expect(listConversations(context.database, { limit: 50, place: 'all' })).toHaveLength(1);
		await copying;
	});
	expect(turns).toBeGreaterThan(3);
	const copy = await copying;
	const contents = (id: number) => openConversation(context, id).messages.map(({ content }) => content);
	expect(contents(copy?.id ?? 0)).toEqual(contents(conversationId));
	expect(listConversations(context.database, { limit: 50, place: 'all' })).toHaveLength(2);
});

test('the path of a branch is the same however much of it is known', async () => {
	const { context, conversationId, messageId, head } = await longConversation(2_500);
	const { database } = context;
	const pathTo = (end: number) => rowsOnPath(database, end).map(({ id }) => id);
	expect(await branchPath(database, head)).toEqual(pathTo(head));
	const longer = extend(context, conversationId, head, 3);
	expect(await branchPath(database, longer)).toEqual(pathTo(longer));
	const other = extend(context, conversationId, messageId, 2);
	expect(await branchPath(database, other)).toEqual(pathTo(other));
	expect(await branchPath(database, longer)).toEqual(pathTo(longer));
});

test('the path of a branch is right where ids of deleted messages are used again', async () => {
	const { context, conversationId, head } = await longConversation(3);
	const { database, clock } = context;
	await branchPath(database, head);
	run(database, 'UPDATE conversations SET deleted_at = 0 WHERE id = :conversationId', { conversationId });
	await purge(database, { clock, signal: new AbortController().signal });

	const other = run(
		database,
		`INSERT INTO conversations (title, title_source, created_at, updated_at) VALUES ('other', 'user', 1, 1)`,
	).id;
	const first = insert(context, other, null, 'user', 'the question');
	let end = first;
	while (end < head) end = insert(context, other, first, 'assistant', 'a version of the answer');
	expect(end).toBe(head);
	expect(await branchPath(database, end)).toEqual([first, end]);
});

test('as a conversation grows, the first message that is read stays for as many messages as fit', () => {
	expect([0, 1, 100, 199].map((count) => firstToRead(count, 100))).toEqual([0, 0, 0, 0]);
	expect([200, 299, 300, 60_000].map((count) => firstToRead(count, 100))).toEqual([100, 100, 200, 59_900]);
});

test('a message with very many versions lists the newest, and the one asked for', async () => {
	const context = conversationForTest(answering('first'));
	const { conversationId, userMessageId, messageId } = await converse(context, 'start');
	const ids = transaction(context.database, () =>
		Array.from({ length: 2_999 }, () => insert(context, conversationId, userMessageId!, 'assistant', 'x')),
	);
	const listed = (id: number) => versionsOf(context, id).map((message) => message.id);
	expect(listed(ids.at(-1)!)).toEqual(ids.slice(-66));
	expect(listed(messageId)).toEqual([messageId, ...ids.slice(-65)]);
	expect(versionsOf(context, messageId)[0]?.siblings).toEqual([messageId, ...ids]);
});
