import { describe, expect, test } from 'vitest';
import { followAnswer } from '../../../../electron/conversation/answer/follow-answer.ts';
import { startTemporaryAnswer } from '../../../../electron/conversation/answer/start-temporary-answer.ts';
import { addAttachment } from '../../../../electron/conversation/attachment/add-attachment.ts';
import { branchConversation } from '../../../../electron/conversation/branch-conversation.ts';
import { nextPrompt, openConversation } from '../../../../electron/conversation/edit-conversation.ts';
import { attachmentBlock, contentWithAttachments } from '../../../../electron/conversation/prompt-turns.ts';
import { sendMessage } from '../../../../electron/conversation/send-message.ts';
import {
	attachedText,
	attachmentsOfMessage,
	attachmentsOfMessages,
	attachmentsWaiting,
	attachmentsWaitingForNew,
	removeWaitingAttachment,
	waitingAttachments,
} from '../../../../electron/conversation/store/attachments.ts';
import { all, queryPlan, run } from '../../../../electron/database/sql.ts';
import { collect, conversationForTest, converse } from '../../../support/conversation.ts';
import { failureOf } from '../../../support/failure.ts';

const notes = () => new File(['Bring a lamp.\n'], 'notes.md');

describe('attachments', () => {
	test('an attachment belongs to the draft it was added to, and to no other', async () => {
		const context = conversationForTest();
		const { conversationId } = await converse(context, 'hello');
		const { id } = await addAttachment(context, conversationId, notes());
		await addAttachment(context, null, new File(['a,b'], 'table.csv'));
		expect(waitingAttachments(context.database, conversationId)).toMatchObject([
			{ id, name: 'notes.md', mediaType: 'text/markdown', sizeBytes: 14, characters: 14, pages: null },
		]);
		expect(waitingAttachments(context.database, null).map(({ name }) => name)).toEqual(['table.csv']);
	});

	test('a sent attachment becomes part of the message and comes before its text in the prompt', async () => {
		const context = conversationForTest();
		const { id } = await addAttachment(context, null, notes());
		const { conversationId } = await converse(context, 'What to bring?', { attachmentIds: [id] });
		expect(waitingAttachments(context.database, null)).toEqual([]);
		const { messages } = openConversation(context, conversationId);
		expect(messages[0]).toMatchObject({ content: 'What to bring?', attachments: [{ id, name: 'notes.md' }] });
		expect(messages[1]?.content).toBe('You said: notes.md:\n```md\nBring a lamp.\n```\n\nWhat to bring?');
		expect((await nextPrompt(context, conversationId)).text).toContain('```md\nBring a lamp.\n```');
	});

	test('a message may consist of an attachment, which then names the conversation', async () => {
		const context = conversationForTest();
		const { id } = await addAttachment(context, null, notes());
		const { conversationId } = await converse(context, ' ', { attachmentIds: [id] });
		expect(openConversation(context, conversationId).conversation.title).toBe('notes.md');
		expect((await failureOf(() => sendMessage(context, { conversationId, text: ' ' }))).code).toBe('message-empty');
	});

	test('editing or branching a message copies its attachments', async () => {
		const context = conversationForTest();
		const { id } = await addAttachment(context, null, notes());
		const first = await converse(context, 'one', { attachmentIds: [id] });
		await converse(context, 'two', { conversationId: first.conversationId, parentId: null, attachmentIds: [id] });
		const edited = openConversation(context, first.conversationId).messages[0];
		expect(edited?.attachments).toMatchObject([{ name: 'notes.md' }]);
		expect(edited?.attachments[0]?.id).not.toBe(id);
		expect(attachedText(context.database, id).text).toBe('Bring a lamp.\n');
		const branch = await branchConversation(context, edited?.id ?? 0);
		expect(openConversation(context, branch.id).messages[0]?.attachments).toMatchObject([
			{ name: 'notes.md', pages: null },
		]);
	});

	test('an attachment can be removed only before it is sent', async () => {
		const context = conversationForTest();
		const sent = await addAttachment(context, null, notes());
		await converse(context, 'one', { attachmentIds: [sent.id] });
		const waiting = await addAttachment(context, null, notes());
		expect([
			removeWaitingAttachment(context.database, sent.id),
			removeWaitingAttachment(context.database, waiting.id),
		]).toEqual([false, true]);
		expect((await failureOf(() => attachedText(context.database, waiting.id))).code).toBe('attachment-unknown');
	});

	test('a missing attachment stops the message, and nothing is stored', async () => {
		const context = conversationForTest();
		const failure = await failureOf(() =>
			sendMessage(context, { conversationId: null, text: 'x', attachmentIds: [9] }),
		);
		expect(failure.code).toBe('attachment-unknown');
		expect(all(context.database, 'SELECT id FROM messages')).toEqual([]);
		expect(all(context.database, 'SELECT id FROM conversations')).toEqual([]);
	});

	test('a message can bring attachments that were not stored before', async () => {
		const context = conversationForTest();
		const attachments = [{ name: 'a\nb.txt', mediaType: 'text/plain', sizeBytes: 3, pages: null, text: 'x\0y' }];
		const { conversationId } = await converse(context, 'look', { attachments });
		const [question] = openConversation(context, conversationId).messages;
		expect(question?.attachments).toMatchObject([{ name: 'a b.txt' }]);
		expect(attachedText(context.database, question?.attachments[0]?.id ?? 0).text).toBe('x\uFFFDy');
	});

	test('an attachment of a temporary conversation is not stored', async () => {
		const context = conversationForTest();
		const attachments = [{ name: 'secret.txt', mediaType: 'text/plain', sizeBytes: 6, pages: null, text: 'hidden' }];
		const id = startTemporaryAnswer(context, { turns: [{ role: 'user', content: 'look', attachments }] });
		const end = (await collect(followAnswer(context, id))).at(-1);
		expect(end).toMatchObject({
			type: 'end',
			message: { content: 'You said: secret.txt:\n```txt\nhidden\n```\n\nlook' },
		});
		expect(all(context.database, 'SELECT id FROM attachments')).toEqual([]);
	});

	test('the 33rd attachment of a message is refused', async () => {
		const context = conversationForTest();
		for (let count = 0; count < 32; count += 1) {
			run(
				context.database,
				`INSERT INTO attachments (position, name, media_type, size_bytes, characters, created_at, text)
				 VALUES (0, 'a.txt', 'text/plain', 1, 1, 1, 'a')`,
			);
		}
		expect((await failureOf(() => addAttachment(context, null, notes()))).message).toContain('already has 32 files');
	});

	test('deleting a conversation permanently deletes its attachments, sent or not', async () => {
		const context = conversationForTest();
		const { id } = await addAttachment(context, null, notes());
		const { conversationId } = await converse(context, 'one', { attachmentIds: [id] });
		await addAttachment(context, conversationId, notes());
		run(context.database, 'UPDATE conversations SET head_message_id = NULL');
		run(context.database, 'DELETE FROM conversations WHERE id = :conversationId', { conversationId });
		expect(all(context.database, 'SELECT id FROM attachments')).toEqual([]);
	});
});

describe('attachments in the prompt', () => {
	test('the fence is longer than any in the text, so the text cannot end it', () => {
		expect(attachmentBlock({ name: 'a.md', text: 'x\n````\ny' })).toBe('a.md:\n`````md\nx\n````\ny\n`````');
		expect(attachmentBlock({ name: 'Makefile', text: 'all:' })).toBe('Makefile:\n```\nall:\n```');
	});

	test('files keep their order, and an empty message adds nothing', () => {
		const files = [
			{ name: 'a.txt', text: 'A' },
			{ name: 'b.txt', text: 'B' },
		];
		expect(contentWithAttachments('  ', files)).toBe('a.txt:\n```txt\nA\n```\n\nb.txt:\n```txt\nB\n```');
	});
});

test.each([
	['of a message', attachmentsOfMessage, { messageId: 1 }],
	['of messages', attachmentsOfMessages, { messageIds: '[1]' }],
	['waiting in a conversation', attachmentsWaiting, { conversationId: 1 }],
	['waiting in the new conversation', attachmentsWaitingForNew, {}],
])('attachments %s: no table is scanned', (_, sql, parameters) => {
	const { database } = conversationForTest();
	expect(queryPlan(database, sql, parameters).filter((step) => /^SCAN (?!.*(USING|VIRTUAL TABLE))/.test(step))).toEqual(
		[],
	);
});
