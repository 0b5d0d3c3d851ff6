import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import {
	changeModel,
	changeSystemPrompt,
	nextPrompt,
	openConversation,
	renameConversation,
	restoreConversation,
	selectBranch,
	trashConversation,
} from '../../../electron/conversation/edit-conversation.ts';
import { buildTurns } from '../../../electron/conversation/prompt-turns.ts';
import { regenerate, sendMessage } from '../../../electron/conversation/send-message.ts';
import { listConversations, listTrash } from '../../../electron/conversation/store/list-conversations.ts';
import { run, transaction } from '../../../electron/database/sql.ts';
import { joinSameRole } from '../../../models/prompt/context-overflow.ts';
import { answering, answerOf, conversationForTest, converse } from '../../support/conversation.ts';
import { failureOf } from '../../support/failure.ts';

describe('branches', () => {
	test('selecting any message shows its branch to the newest end', async () => {
		const context = conversationForTest(answering('red', 'green', 'like grass'));
		const { conversationId, messageId: red } = await converse(context, 'A colour?');
		const green = await answerOf(context, regenerate(context, { messageId: red }));
		await converse(context, 'Which green?', { conversationId });
		const contents = () => openConversation(context, conversationId).messages.map(({ content }) => content);

		expect((await selectBranch(context, conversationId, red)).messages.map(({ content }) => content)).toEqual([
			'A colour?',
			'red',
		]);
		expect(contents()).toEqual(['A colour?', 'red']);
		await selectBranch(context, conversationId, green.id);
		expect(contents()).toEqual(['A colour?', 'green', 'Which green?', 'like grass']);
	});

	test('a branch of another conversation cannot be selected', async () => {
		const context = conversationForTest();
		const one = await converse(context, 'one');
		const two = await converse(context, 'two');
		const failure = await failureOf(() => selectBranch(context, one.conversationId, two.messageId));
		expect(failure.code).toBe('message-unknown');
	});

	test('a branch of ten thousand messages opens in well under a second', async () => {
		const context = conversationForTest();
		const { conversationId, messageId } = await converse(context, 'start');
		transaction(context.database, () => {
			let parent = messageId;
			for (let index = 0; index < 10_000; index += 1) {
				parent = run(
					context.database,
					`INSERT INTO messages (conversation_id, parent_id, role, status, content, created_at)
					 VALUES (:conversationId, :parent, :role, 'complete', 'text', 1)`,
					{ conversationId, parent, role: index % 2 === 0 ? 'user' : 'assistant' },
				).id;
			}
			run(context.database, 'UPDATE conversations SET head_message_id = :parent', { parent });
		});
		const started = performance.now();
		expect(openConversation(context, conversationId).messages).toHaveLength(10_002);
		expect(performance.now() - started).toBeLessThan(1_000);
		await selectBranch(context, conversationId, messageId);
		expect(openConversation(context, conversationId).messages).toHaveLength(10_002);
	});
});

describe('conversations', () => {
	test('a title set by the user stays, on one line', async () => {
		const context = conversationForTest();
		const { conversationId } = await converse(context, 'one');
		expect(renameConversation(context, conversationId, ' My\n\0 title ')).toMatchObject({
			title: 'My \uFFFD title',
			titleSource: 'user',
		});
		expect(renameConversation(context, conversationId, ' \n ').title).toBe('My \uFFFD title');
	});

	test('a conversation trashed during an answer can be restored complete', async () => {
		const context = conversationForTest(answering([{ type: 'text', text: 'so far' }, { type: 'stall' }]));
		const { conversationId } = sendMessage(context, { conversationId: null, text: 'go' });
		await sleep(30);
		expect((await trashConversation(context, conversationId)).deletedAt).not.toBeNull();
		expect(listConversations(context.database, { limit: 10 })).toEqual([]);
		expect(listTrash(context.database, { limit: 10 }).map(({ id }) => id)).toEqual([conversationId]);
		const failure = await failureOf(() => sendMessage(context, { conversationId, text: 'more' }));
		expect(failure.code).toBe('conversation-in-trash');
		expect(restoreConversation(context, conversationId).deletedAt).toBeNull();
		expect(openConversation(context, conversationId).messages[1]).toMatchObject({
			status: 'stopped',
			content: 'so far',
		});
	});

	test('a conversation stores its system prompt and model, and shows the exact next prompt', async () => {
		const context = conversationForTest(answering('Oui.'));
		const { conversationId } = await converse(context, 'French?');
		changeSystemPrompt(context, conversationId, 'Answer in\0 French.');
		expect(changeModel(context, conversationId, context.models.file.id).modelFileId).toBe(context.models.file.id);
		expect((await nextPrompt(context, conversationId)).text).toBe(
			'<|system|> Answer in\uFFFD French. <|end|>\n<|user|> French? <|end|>\n<|assistant|> Oui. <|end|>\n<|assistant|>',
		);
		expect((await failureOf(() => changeModel(context, conversationId, 99))).code).toBe('model-unknown');
	});
});

describe('the list', () => {
	test('pages come newest first without gaps or repetitions, even if rows share their time', async () => {
		const context = conversationForTest();
		const frozen = { ...context, clock: () => 1_000 };
		for (let index = 0; index < 7; index += 1) await converse(frozen, `number ${index}`);
		const seen: number[] = [];
		let before: { updatedAt: number; id: number } | undefined;
		for (;;) {
			const page = listConversations(context.database, { limit: 3, before });
			if (page.length === 0) break;
			seen.push(...page.map(({ id }) => id));
			before = page.at(-1);
		}
		expect(seen).toEqual([7, 6, 5, 4, 3, 2, 1]);
	});

	test('a new message moves a conversation up; renaming does not', async () => {
		const context = conversationForTest();
		const { conversationId } = await converse(context, 'first');
		await converse(context, 'second');
		const order = () => listConversations(context.database, { limit: 9 }).map(({ title }) => title);
		renameConversation(context, conversationId, 'first, renamed');
		expect(order()).toEqual(['second', 'first, renamed']);
		await converse(context, 'more', { conversationId });
		expect(order()).toEqual(['first, renamed', 'second']);
	});
});

describe('buildTurns', () => {
	const messages = [
		{ role: 'user', content: 'one' },
		{ role: 'assistant', content: ' ' },
		{ role: 'user', content: 'two' },
		{ role: 'assistant', content: 'three' },
	] as const;

	test('messages without content are left out, and each other message is a turn that can be dropped', () => {
		expect(buildTurns('  ', messages)).toEqual([
			{ role: 'user', content: 'one' },
			{ role: 'user', content: 'two' },
			{ role: 'assistant', content: 'three' },
		]);
	});

	test('in a training sample, roles alternate', () => {
		expect(joinSameRole(buildTurns('  ', messages))).toEqual([
			{ role: 'user', content: 'one\n\ntwo' },
			{ role: 'assistant', content: 'three' },
		]);
	});
});
