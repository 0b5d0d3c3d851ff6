import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { textsOfRounds } from '../../../../electron/contract/conversation/round-texts.ts';
import type { AnswerRound } from '../../../../electron/contract/conversation/steps.ts';
import { recoverInterrupted } from '../../../../electron/conversation/answer/recover-interrupted.ts';
import { branchConversation } from '../../../../electron/conversation/branch-conversation.ts';
import { openConversation } from '../../../../electron/conversation/edit-conversation.ts';
import { appendChunk } from '../../../../electron/conversation/store/chunks.ts';
import { insertMessage, setStatus, setTextSoFar } from '../../../../electron/conversation/store/messages.ts';
import { insertRounds, roundsOf, updateStep } from '../../../../electron/conversation/store/rounds.ts';
import { all, run, transaction } from '../../../../electron/database/sql.ts';
import { findConversations } from '../../../../electron/search/find-conversations.ts';
import { answering, type ConversationForTest, conversationForTest, converse } from '../../../support/conversation.ts';
import { openReader } from '../../../support/database.ts';
import { exporting, importing } from '../../../support/import-export.ts';

const step = {
	callId: 'call_1',
	server: 'weather',
	name: 'read_barometer',
	arguments: '{"place":"Zugspitze"}',
	status: 'done',
	result: 'kestrelpressure ``` <b>990</b> hPa',
	startedAt: 5,
	durationMs: 12.5,
} as const;

const round: AnswerRound = {
	contentEnd: 11,
	reasoningEnd: 0,
	promptTokens: 30,
	cachedTokens: 0,
	completionTokens: 9,
	steps: [step, { ...step, callId: 'call_2', status: 'failed', result: 'no such place' }],
};

/** Adds an answer with one round below the end of a conversation. Returns its id. */
async function withRound(context: ConversationForTest): Promise<{ id: number; conversationId: number }> {
	const { conversationId, userMessageId } = await converse(context, 'How is the weather?');
	const id = transaction(context.database, () => {
		const message = insertMessage(context.database, {
			conversationId,
			parentId: userMessageId,
			role: 'assistant',
			status: 'streaming',
			content: 'I’ll look.\n\n\nStormy.',
			createdAt: 7,
			completedAt: 8,
		});
		insertRounds(context.database, message, [round]);
		setStatus(context.database, message, 'complete');
		run(context.database, 'UPDATE conversations SET head_message_id = :message', { message });
		return message;
	});
	return { id, conversationId };
}

async function search(context: ConversationForTest, text: string) {
	const reader = openReader(context.path);
	return (await findConversations({ reader, clock: () => 9 }, { text, filter: {}, limit: 5, after: null })).hits;
}

describe('rounds of an answer', () => {
	test('are read with their message, and divide its text', async () => {
		const context = conversationForTest(answering('Hello.'));
		const { conversationId } = await withRound(context);
		const answer = openConversation(context, conversationId).messages.at(-1)!;
		expect(answer.rounds).toEqual([round]);
		expect(textsOfRounds(answer.content, answer.rounds!)).toEqual(['I’ll look.\n', 'Stormy.']);
	});

	test('can be searched, by their calls and by their results', async () => {
		const context = conversationForTest(answering('Hello.'));
		const { id } = await withRound(context);
		for (const words of ['zugspitze', 'kestrelpressure', 'read_barometer', '"990</b>"']) {
			const [hit] = await search(context, words);
			expect([words, hit?.messageId]).toEqual([words, id]);
		}
		expect((await search(context, 'kestrelpressure'))[0]?.snippet).toContain('kestrelpressure');
	});

	test('are copied with a branch, and found there too', async () => {
		const context = conversationForTest(answering('Hello.'));
		const { id } = await withRound(context);
		const copy = await branchConversation(context, id);
		expect(openConversation(context, copy.id).messages.at(-1)?.rounds).toEqual([round]);
		expect(await search(context, 'kestrelpressure')).toHaveLength(2);
		run(context.database, `INSERT INTO messages_fts (messages_fts, rank) VALUES ('integrity-check', 0)`);
	});

	test('reach another computer in a document', async () => {
		const context = conversationForTest(answering('Hello.'));
		const { conversationId } = await withRound(context);
		const { text } = await exporting(context, [conversationId], 'json');
		const there = conversationForTest({ model: false });
		const report = await importing(there, text);
		const [sample] = report.samples;
		expect((await exporting(there, [sample?.conversationId ?? 0], 'json')).text).toBe(text);
		expect(await search(there, 'kestrelpressure')).toHaveLength(1);
	});

	test('are data in Markdown and HTML, whatever is in them', async () => {
		const context = conversationForTest(answering('Hello.'));
		const { conversationId } = await withRound(context);
		const markdown = (await exporting(context, [conversationId], 'markdown')).text;
		expect(markdown).toContain(
			'I’ll look.\n\n\n**Step: `read_barometer`**\n\n```json\n{"place":"Zugspitze"}\n```\n\n````\nkestrelpressure ``` <b>990</b> hPa\n````\n\n**Step: `read_barometer` (failed)**',
		);
		const html = (await exporting(context, [conversationId], 'html')).text;
		expect(html).toContain('<pre tabindex="0">kestrelpressure ``` &lt;b&gt;990&lt;/b&gt; hPa</pre>');
	});

	test('are gone from the file with their conversation', async () => {
		const context = conversationForTest(answering('Hello.'));
		const { conversationId } = await withRound(context);
		run(context.database, 'DELETE FROM conversations WHERE id = :conversationId', { conversationId });
		expect(all(context.database, 'SELECT * FROM answer_rounds UNION ALL SELECT * FROM answer_rounds')).toEqual([]);
		expect(all(context.database, 'SELECT * FROM answer_steps')).toEqual([]);
		run(context.database, `INSERT INTO messages_fts (messages_fts) VALUES ('optimize')`);
		run(context.database, 'PRAGMA wal_checkpoint(TRUNCATE)');
		for (const file of [context.path, `${context.path}-wal`]) {
			expect(readFileSync(file).includes('kestrelpressure')).toBe(false);
		}
	});

	test('survive the end of the process: finished steps stay, others are interrupted', async () => {
		const context = conversationForTest(answering('Hello.'));
		const { database } = context;
		const { conversationId, userMessageId } = await converse(context, 'How is the weather?');
		const id = insertMessage(database, {
			conversationId,
			parentId: userMessageId,
			role: 'assistant',
			status: 'streaming',
			content: '',
			createdAt: 7,
			completedAt: null,
		});
		const waiting = { ...step, status: 'waiting', result: null, startedAt: null, durationMs: null } as const;
		transaction(database, () => {
			setTextSoFar(database, id, { content: 'I’ll look.', reasoning: 'Hm.' });
			insertRounds(database, id, [
				{ ...round, contentEnd: 10, reasoningEnd: 3, steps: [waiting, { ...waiting, callId: 'call_2' }] },
			]);
		});
		updateStep(database, { messageId: id, round: 0, position: 0 }, step);
		appendChunk(database, id, 1, '<think>And</think>Stor');
		recoverInterrupted(database, 9);
		run(database, 'UPDATE conversations SET head_message_id = :id', { id });
		const answer = openConversation(context, conversationId).messages.at(-1);
		expect(answer).toMatchObject({
			status: 'interrupted',
			content: 'I’ll look.\n\nStor',
			reasoning: 'Hm.\n\nAnd',
			rounds: [{ steps: [step, { ...waiting, callId: 'call_2', status: 'interrupted' }] }],
		});
	});

	test('never change once their answer is indexed', async () => {
		const context = conversationForTest(answering('Hello.'));
		const { id } = await withRound(context);
		const place = { messageId: id, round: 0, position: 0 };
		expect(() => updateStep(context.database, place, { ...step, result: 'other' })).toThrow('being written');
		expect(roundsOf(context.database, id)).toEqual([round]);
	});
});
