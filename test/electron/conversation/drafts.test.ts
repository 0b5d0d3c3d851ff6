import { describe, expect, test } from 'vitest';
import { listDrafts, setDraft } from '../../../electron/conversation/drafts.ts';
import { restoreConversation, trashConversation } from '../../../electron/conversation/edit-conversation.ts';
import { sendMessage } from '../../../electron/conversation/send-message.ts';
import { answerOf, conversationForTest, converse } from '../../support/conversation.ts';
import { failureOf } from '../../support/failure.ts';

describe('drafts', () => {
	test('every conversation and the new one have their own draft', async () => {
		const context = conversationForTest();
		const { conversationId } = await converse(context, 'one');
		expect(setDraft(context, conversationId, 'half a')).toBe(true);
		setDraft(context, null, 'a new thought');
		setDraft(context, conversationId, 'half a sentence\0');
		expect(listDrafts(context.database)).toEqual([
			{ conversationId, text: 'half a sentence\uFFFD', updatedAt: expect.any(Number) },
			{ conversationId: null, text: 'a new thought', updatedAt: expect.any(Number) },
		]);
		expect(setDraft(context, null, '')).toBe(false);
		expect(listDrafts(context.database).map((draft) => draft.conversationId)).toEqual([conversationId]);
	});

	test('sending a message removes its draft in the same transaction', async () => {
		const context = conversationForTest();
		setDraft(context, null, 'What is a draft?');
		const start = sendMessage(context, { conversationId: null, text: 'What is a draft?' });
		const { conversationId } = start;
		expect(listDrafts(context.database)).toEqual([]);
		await answerOf(context, start);
		setDraft(context, conversationId, 'written in another window');
		sendMessage(context, { conversationId, text: 'sent from this one' });
		expect(listDrafts(context.database)).toMatchObject([{ text: 'written in another window' }]);
	});

	test('a draft that could not be sent stays', async () => {
		const context = conversationForTest();
		setDraft(context, null, '  ');
		await failureOf(() => sendMessage(context, { conversationId: null, text: '  ' }));
		expect(listDrafts(context.database)).toHaveLength(1);
	});

	test('a draft stays with its conversation in the trash', async () => {
		const context = conversationForTest();
		const { conversationId } = await converse(context, 'one');
		setDraft(context, conversationId, 'later');
		await trashConversation(context, conversationId);
		expect(listDrafts(context.database)).toEqual([]);
		restoreConversation(context, conversationId);
		expect(listDrafts(context.database)).toMatchObject([{ conversationId, text: 'later' }]);
	});

	test('a draft for an unknown conversation is refused', async () => {
		const context = conversationForTest();
		expect((await failureOf(() => setDraft(context, 99, 'lost'))).code).toBe('conversation-unknown');
	});
});
