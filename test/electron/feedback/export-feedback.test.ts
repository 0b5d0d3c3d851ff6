import { describe, expect, test } from 'vitest';
import {
	type FeedbackExport,
	type FeedbackExportFormat,
	feedbackFilterSchema,
} from '../../../electron/contract/feedback/schema.ts';
import { addAttachment } from '../../../electron/conversation/attachment/add-attachment.ts';
import { changeSystemPrompt } from '../../../electron/conversation/edit-conversation.ts';
import { regenerate } from '../../../electron/conversation/send-message.ts';
import { run, transaction } from '../../../electron/database/sql.ts';
import { exportFeedback } from '../../../electron/feedback/export-feedback.ts';
import { correctAnswer, rateAnswer } from '../../../electron/feedback/record.ts';
import type { ChatTurn } from '../../../models/contract/generation.ts';
import type { Engine } from '../../../models/engine.ts';
import { joinSameRole } from '../../../models/prompt/context-overflow.ts';
import { createScriptedEngine } from '../../../models/worker/scripted-engine.ts';
import {
	answering,
	answerOf,
	type ConversationForTest,
	conversationForTest,
	converse,
} from '../../support/conversation.ts';
import { openReader } from '../../support/database.ts';

const everything = feedbackFilterSchema.parse({});

/** Returns all pages of an export. */
async function exported(context: ConversationForTest, format: FeedbackExportFormat) {
	const reader = openReader(context.path);
	const pages: FeedbackExport[] = [];
	let after: number | null = null;
	do {
		const page: FeedbackExport = await exportFeedback(context.database, reader, { filter: everything, format, after });
		pages.push(page);
		after = page.next;
	} while (after !== null);
	const text = pages.map((page) => page.text).join('');
	const sum = (count: (page: FeedbackExport) => number) => pages.reduce((all, page) => all + count(page), 0);
	return {
		text,
		pages: pages.length,
		lines: sum((page) => page.lines),
		leftOut: sum((page) => page.leftOut),
		objects: () =>
			text
				.split('\n')
				.slice(0, -1)
				.map((line): unknown => JSON.parse(line)),
	};
}

/** Inserts a question with its answer, without a model; returns the answer's id. */
function insertAnswer({ database }: ConversationForTest, question: string): number {
	const conversation = "INSERT INTO conversations (title, created_at, updated_at) VALUES ('', 1, 1)";
	const message = `INSERT INTO messages (conversation_id, parent_id, role, status, content, created_at)
		VALUES (:conversationId, :parentId, :role, 'complete', :content, 1)`;
	return transaction(database, () => {
		const conversationId = run(database, conversation).id;
		const asked = { conversationId, parentId: null, role: 'user', content: question };
		const parentId = run(database, message, asked).id;
		return run(database, message, { conversationId, parentId, role: 'assistant', content: 'Yes.' }).id;
	});
}

const up = (messageId: number) => ({ messageId, rating: 'up' as const, tags: [], comment: null });
const down = (messageId: number) => ({ messageId, rating: 'down' as const, tags: [], comment: null });
const assistant = (content: string) => [{ role: 'assistant', content }];

describe('training data', () => {
	test('training data contains the exact prompt path of the answer’s branch, and the correction as target', async () => {
		const context = conversationForTest({ ...answering('a1', 'b1', 'b2'), settings: { systemPrompt: 'Be brief.' } });
		const first = await converse(context, 'first');
		const second = await converse(context, 'second', { conversationId: first.conversationId });
		const again = await answerOf(context, regenerate(context, { messageId: second.messageId }));
		rateAnswer(context, down(second.messageId));
		rateAnswer(context, up(again.id));
		correctAnswer(context, { messageId: first.messageId, correction: 'A1' });
		const prompt = [
			{ role: 'system', content: 'Be brief.' },
			{ role: 'user', content: 'first' },
		];
		const longer = [...prompt, ...assistant('a1'), { role: 'user', content: 'second' }];
		const sft = await exported(context, 'sft');
		expect(sft.objects()).toEqual([
			{ messages: [...prompt, ...assistant('A1')] },
			{ messages: [...longer, ...assistant('b2')] },
		]);
		expect([sft.lines, sft.leftOut]).toEqual([2, 1]);
		const pairs = await exported(context, 'preference');
		expect(pairs.objects()).toEqual([
			{ prompt, chosen: assistant('A1'), rejected: assistant('a1') },
			{ prompt: longer, chosen: assistant('b2'), rejected: assistant('b1') },
		]);
	});

	test('training data equals the engine’s input turn for turn: attachments, edits, other system prompts, failed answers', async () => {
		const scripted = createScriptedEngine({
			answers: [{ when: 'fail', steps: [{ type: 'fail', failure: { code: 'no', message: 'No.', next: [] } }] }],
		});
		const given: (readonly ChatTurn[])[] = [];
		const engine: Engine = {
			...scripted,
			generate(request, signal) {
				given.push(structuredClone(request.turns));
				return scripted.generate(request, signal);
			},
		};
		const context = conversationForTest({ engine, settings: { systemPrompt: 'Be brief.' } });
		const { id } = await addAttachment(context, null, new File(['Bring a lamp.'], 'notes.md'));
		const first = await converse(context, 'What to bring?', { attachmentIds: [id] });
		const { conversationId } = first;
		const failed = await converse(context, 'fail', { conversationId });
		const second = await converse(context, 'And then?', { conversationId, parentId: failed.messageId });
		const edited = await converse(context, 'And before?', { conversationId, parentId: first.messageId });
		changeSystemPrompt(context, conversationId, 'Answer in French.');
		const again = await answerOf(context, regenerate(context, { messageId: edited.messageId }));
		const answers = [first.messageId, second.messageId, edited.messageId, again.id];
		for (const messageId of answers) rateAnswer(context, up(messageId));
		const lines = (await exported(context, 'sft')).objects() as { messages: ChatTurn[] }[];
		expect(lines.map(({ messages }) => messages.slice(0, -1))).toEqual(
			given.filter((_, index) => index !== 1).map(joinSameRole),
		);
		expect(given[0]?.[1]?.content).toContain('Bring a lamp.');
	});

	test('answers to different prompts are never paired', async () => {
		const context = conversationForTest(answering('one', 'two'));
		const first = await converse(context, 'question');
		changeSystemPrompt(context, first.conversationId, 'Answer in French.');
		const again = await answerOf(context, regenerate(context, { messageId: first.messageId }));
		rateAnswer(context, down(first.messageId));
		rateAnswer(context, up(again.id));
		expect((await exported(context, 'preference')).objects()).toEqual([]);
	});

	test('turns dropped because the context was full are left out', async () => {
		const context = conversationForTest({
			script: { contextSize: 64, answers: [{ steps: [{ type: 'text', text: 'Yes' }] }] },
		});
		const words = Array.from({ length: 20 }, (_, index) => `word${index}`).join(' ');
		const first = await converse(context, `first ${words}`);
		await converse(context, `second ${words}`, { conversationId: first.conversationId });
		const third = await converse(context, `third ${words}`, { conversationId: first.conversationId });
		expect(third.answer.generation?.droppedTurns).toBeGreaterThan(0);
		rateAnswer(context, up(third.messageId));
		const [line] = (await exported(context, 'sft')).objects() as { messages: { content: string }[] }[];
		expect(line?.messages.some(({ content }) => content.startsWith('first'))).toBe(false);
		expect(line?.messages.at(-2)?.content).toBe(`third ${words}`);
	});

	test('all pages contain each answer once, even if feedback is added meanwhile', async () => {
		const context = conversationForTest();
		const ids = Array.from({ length: 430 }, (_, index) => insertAnswer(context, `Question ${index}`));
		transaction(context.database, () => {
			for (const id of ids) rateAnswer(context, up(id));
		});
		const { objects, pages, lines } = await exported(context, 'sft');
		expect([pages, lines]).toEqual([3, 430]);
		const asked = (objects() as { messages: { content: string }[] }[]).map(({ messages }) => messages[0]?.content);
		expect(asked).toEqual(ids.map((_, index) => `Question ${index}`));

		const reader = openReader(context.path);
		const input = { filter: everything, format: 'sft' as const };
		const first = await exportFeedback(context.database, reader, { ...input, after: null });
		rateAnswer(context, up(ids[0] ?? 0));
		const second = await exportFeedback(context.database, reader, { ...input, after: first.next });
		expect(second.text.startsWith('{"messages":[{"role":"user","content":"Question 200"}')).toBe(true);
	});
});

describe('CSV export', () => {
	test('every answer is quoted in full, and cells that begin like a formula stay text', async () => {
		const context = conversationForTest(answering('=HYPERLINK("http://x")', 'plain'));
		const first = await converse(context, 'Say "hi",\nthen go');
		await converse(context, 'not rated');
		rateAnswer(context, { messageId: first.messageId, rating: 'down', tags: ['too-long', 'odd'], comment: '-1' });
		const { text, lines } = await exported(context, 'csv');
		const [head, ...rows] = text.split('\r\n');
		expect(head).toBe('message,conversation,title,at,model,quantization,rating,tags,comment,prompt,answer,correction');
		expect(lines).toBe(1);
		expect(rows.join('\r\n')).toContain(
			`Scripted,F32,down,odd; too-long,'-1,"Say ""hi"",\nthen go","'=HYPERLINK(""http://x"")",`,
		);
	});

	test('without answers, only the header is written', async () => {
		expect((await exported(conversationForTest(), 'csv')).text.split('\r\n')).toHaveLength(2);
	});
});
