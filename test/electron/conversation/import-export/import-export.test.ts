import { describe, expect, test } from 'vitest';
import { noContext } from '../../../../electron/conversation/context-builder.ts';
import { openConversation, trashConversation } from '../../../../electron/conversation/edit-conversation.ts';
import { finishInterruptedImport } from '../../../../electron/conversation/import-export/import-visibility.ts';
import { commitImport } from '../../../../electron/conversation/import-export/insert-imported.ts';
import { regenerate } from '../../../../electron/conversation/send-message.ts';
import { insertContext } from '../../../../electron/conversation/store/context-pieces.ts';
import { all, get, run } from '../../../../electron/database/sql.ts';
import {
	answering,
	answerOf,
	type ConversationForTest,
	conversationForTest,
	converse,
} from '../../../support/conversation.ts';
import { failureOf } from '../../../support/failure.ts';
import { exporting, importing } from '../../../support/import-export.ts';

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

const count = (context: ConversationForTest) =>
	get<{ n: number }>(context.database, 'SELECT count(*) AS n FROM conversations')?.n;

describe('export and import', () => {
	test('every branch, reasoning, failure and generation reaches another computer', async () => {
		const here = conversationForTest(answers);
		const id = await branchedConversation(here);
		const { text, fileName } = await exporting(here, [id], 'json');
		expect(fileName).toBe('assay-name-a-colour-1.json');
		const there = conversationForTest({ model: false });
		const report = await importing(there, text);
		expect(report).toMatchObject({ conversations: 1, messages: 5, known: 0, skipped: [], sources: ['assay'] });
		expect((await exporting(there, [report.samples[0]?.conversationId ?? 0], 'json')).text).toBe(text);
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

	test('what an answer’s prompt consisted of is exported without ids, and imported without what is elsewhere', async () => {
		const here = conversationForTest();
		const { conversationId, answer, messageId } = await converse(here, 'Tell me about owls');
		expect(answer.ledger?.parts.length).toBeGreaterThan(0);
		const piece = { kind: 'documents' as const, place: 'message' as const, text: 'Owls hunt.' };
		const source = { number: 1, title: 'Owls.pdf', page: 3, heading: ['Birds'], start: 0, end: 10, whole: false };
		insertContext(here.database, messageId, {
			...noContext,
			pieces: [{ ...piece, source: { ...source, documentId: null, messageId: null } }],
		});
		const { text } = await exporting(here, [conversationId], 'json');
		const exported = JSON.parse(text).conversations[0].messages[1].ledger;
		expect(exported).toMatchObject({ parts: answer.ledger!.parts, sources: [source] });
		expect(text).not.toMatch(/documentId|messageId/);
		const there = conversationForTest({ model: false });
		const report = await importing(there, text);
		const { messages } = openConversation(there, report.samples[0]?.conversationId ?? 0);
		expect(messages[1]?.ledger).toEqual({ ...answer.ledger, sources: [], knownSources: 0 });
	});

	test('calls of another program are shown as steps that it ran, and never run here', async () => {
		const there = conversationForTest();
		const use = { type: 'tool_use', id: '1', name: 'web_search', input: { q: 'owls' } };
		const result = { type: 'tool_result', tool_use_id: '1', name: 'web_search', content: 'owls hunt\0' };
		const content = [use, result, { type: 'text', text: 'They hunt.' }, { ...use, id: '2' }];
		const claude = {
			...{ uuid: 'c', name: 'Owls', created_at: '2026-01-01T00:00:00Z' },
			chat_messages: [
				{ uuid: 'q', sender: 'human', text: 'What do owls do?' },
				{ uuid: 'a', sender: 'assistant', text: '', content },
			],
		};
		const report = await importing(there, JSON.stringify([claude]));
		const { id } = { id: report.samples[0]?.conversationId ?? 0 };
		const { messages } = openConversation(there, id);
		expect(messages[1]?.rounds?.map(({ steps, contentEnd }) => [contentEnd, steps])).toMatchObject([
			[
				0,
				[
					{
						server: 'Claude',
						name: 'web_search',
						arguments: '{"q":"owls"}',
						status: 'done',
						result: 'owls hunt\uFFFD',
					},
				],
			],
			[10, [{ server: 'Claude', status: 'stopped', result: null }]],
		]);
		const next = await converse(there, 'And then?', { conversationId: id });
		expect(next.answer.status).toBe('complete');
	});

	test('pin, archive, tags, folder, model name and attachment are carried over', async () => {
		const here = conversationForTest();
		const { conversationId, userMessageId, messageId } = await converse(here, 'Look at this');
		run(here.database, `INSERT INTO folders (name, position, created_at) VALUES ('Work', 1, 1)`);
		run(here.database, `INSERT INTO tags (name, created_at) VALUES ('b', 1), ('a', 1)`);
		run(here.database, 'INSERT INTO conversation_tags SELECT :id, id FROM tags', { id: conversationId });
		run(here.database, 'UPDATE conversations SET pinned_at = 5, archived_at = 6, folder_id = 1');
		run(here.database, `UPDATE messages SET model_name = 'gpt-4o' WHERE id = :messageId`, { messageId });
		run(
			here.database,
			`INSERT INTO attachments (message_id, position, name, media_type, size_bytes, characters, text, created_at)
			 VALUES (:userMessageId, 0, 'notes.md', 'text/markdown', 7, 7, '# Notes', 1)`,
			{ userMessageId },
		);
		const { text } = await exporting(here, null, 'json');
		const there = conversationForTest({ model: false });
		await importing(there, text);
		expect((await exporting(there, null, 'json')).text).toBe(text);
		expect(all(there.database, 'SELECT name FROM tags ORDER BY name')).toEqual([{ name: 'a' }, { name: 'b' }]);
		const { messages } = openConversation(there, 1);
		expect(
			messages.map(({ importedModel, attachments }) => [importedModel, attachments.map(({ name }) => name)]),
		).toEqual([
			[undefined, ['notes.md']],
			['gpt-4o', []],
		]);
	});

	test('importing a file again changes nothing, even in its original conversation', async () => {
		const context = conversationForTest(answers);
		const id = await branchedConversation(context);
		const { text } = await exporting(context, [id], 'json');
		expect(await importing(context, text)).toMatchObject({ conversations: 0, messages: 0, known: 1, skipped: [] });
		await trashConversation(context, id);
		const again = await importing(context, text);
		expect(again).toMatchObject({
			known: 1,
			skipped: [{ what: '“Name a colour 👍🏽”', why: 'it is in the trash' }],
		});
		expect(count(context)).toBe(1);
	});

	test('messages added since are appended to the conversation and shown', async () => {
		const context = conversationForTest();
		const { conversationId } = await converse(context, 'one');
		const early = (await exporting(context, [conversationId], 'json')).text;
		await converse(context, 'two', { conversationId });
		expect(await importing(context, early)).toMatchObject({ known: 1, conversations: 0 });
		const other = conversationForTest({ model: false });
		await importing(other, early);
		const late = (await exporting(context, [conversationId], 'json')).text;
		const preview = await importing(other, late, { mode: 'preview' });
		expect(preview).toMatchObject({ conversations: 0, extended: 1, messages: 2 });
		expect(count(other)).toBe(1);
		expect(await importing(other, late)).toMatchObject({ extended: 1, messages: 2, samples: [{ conversationId: 1 }] });
		expect(count(other)).toBe(1);
		expect((await exporting(other, null, 'json')).text).toBe(late);
		expect(await importing(other, late)).toMatchObject({ known: 1, extended: 0 });
	});

	test('the current branch stays if the conversation was continued here meanwhile', async () => {
		const context = conversationForTest();
		const { conversationId } = await converse(context, 'one');
		const other = conversationForTest();
		await importing(other, (await exporting(context, [conversationId], 'json')).text);
		await converse(context, 'there', { conversationId });
		await converse(other, 'here', { conversationId: 1 });
		await importing(other, (await exporting(context, [conversationId], 'json')).text);
		const { messages } = openConversation(other, 1);
		expect(messages.map(({ content, siblings }) => [content, siblings.length])).toMatchObject([
			['one', 1],
			[expect.any(String), 1],
			['here', 2],
			[expect.any(String), 1],
		]);
	});

	test('readable parts are imported, and the rest is reported with reasons', async () => {
		const context = conversationForTest();
		await converse(context, 'good');
		const document = JSON.parse((await exporting(context, [1], 'json')).text) as { conversations: [object] };
		const [good] = document.conversations as [{ messages: object[] }];
		const [question, answer] = good.messages;
		document.conversations = [
			{ ...good, title: 'loop', createdAt: 1, messages: [{ ...question, parentId: 2 }, answer] },
			{ ...good, title: 'no head', createdAt: 1, headId: 77 },
			{ title: 'half', messages: 'none' },
			{ ...good, title: 'fine\0', createdAt: 1 },
		] as unknown as [object];
		const { samples, skipped, skippedCount } = await importing(context, JSON.stringify(document));
		expect(samples.map(({ title }) => title)).toEqual(['fine\uFFFD']);
		expect(skipped.map(({ what }) => what)).toEqual(['“loop”', '“no head”', '“half”']);
		expect(skippedCount).toBe(3);
		expect(skipped[0]?.why).toBe('message 1 follows message 2, which is not before it');
	});

	test.each([
		['invalid JSON', 'Dear diary'],
		['an empty file', ''],
		['other JSON', '{"conversations":"none"}'],
		['a list of other objects', '[1,2,3,{"name":"x"}]'],
		['a later format', '{"format":"assay-conversations","version":2,"other":[]}'],
	])('%s is refused with one clear failure', async (_, text) => {
		const failure = await failureOf(() => importing(conversationForTest(), text));
		expect(failure.code).toBe('import-unreadable');
	});

	test('a file with sorted keys or a byte order mark is imported', async () => {
		const here = conversationForTest();
		await converse(here, 'one');
		const { text } = await exporting(here, null, 'json');
		const { format, version, conversations } = JSON.parse(text) as Record<string, unknown>;
		const sorted = JSON.stringify({ conversations, format, version }, null, 4);
		expect(await importing(conversationForTest(), sorted)).toMatchObject({ conversations: 1 });
		expect(await importing(conversationForTest(), `\uFEFF${text}`)).toMatchObject({ conversations: 1 });
	});
});

describe('running imports', () => {
	const files = (size: number) => {
		const conversations = Array.from({ length: 40 }, (_, index) => ({
			title: `C${index}`,
			create_time: 1_750_000_000 + index,
			conversation_id: `key-${index}`,
			current_node: 'q',
			mapping: {
				q: {
					id: 'q',
					parent: null,
					message: {
						author: { role: 'user' },
						content: { content_type: 'text', parts: [`needle ${'x'.repeat(size)}`] },
					},
				},
			},
		}));
		return JSON.stringify(conversations);
	};
	const visible = 'SELECT count(*) AS n FROM conversations WHERE deleted_at IS NULL OR deleted_at > 0';

	test('nothing is visible until all of it is in', async () => {
		const context = conversationForTest();
		const seen = new Set<number>();
		await importing(context, files(20_000), {
			pause: async () => {
				seen.add(get<{ n: number }>(context.database, visible)?.n ?? -1);
			},
		});
		expect([...seen]).toEqual([0]);
		expect(get(context.database, visible)).toEqual({ n: 40 });
	});

	test('an import counts as done once all of it is in, even if the process dies before revealing it', async () => {
		const context = conversationForTest();
		await importing(context, files(10));
		const hide = 'UPDATE conversations SET deleted_at = -1';
		run(context.database, hide);
		expect(finishInterruptedImport(context.database)).toBe('abandoned');
		expect(get(context.database, 'SELECT count(*) AS n FROM conversations WHERE deleted_at = 0')).toEqual({ n: 40 });
		run(context.database, hide);
		commitImport(context.database, { importing: -1, imported: -2 }, [], 1);
		expect(get(context.database, visible)).toEqual({ n: 0 });
		expect([finishInterruptedImport(context.database), finishInterruptedImport(context.database)]).toEqual([
			'finished',
			'none',
		]);
		expect(get(context.database, visible)).toEqual({ n: 40 });
	});

	test('an import that failed, and so its clean-up, stays hidden when another one is done', async () => {
		const context = conversationForTest();
		let turns = 0;
		const failing = importing(context, files(20_000), {
			pause: async (before) => {
				turns += before === 'write' ? 1 : 0;
				if (turns > 2) throw new Error('database or disk is full');
			},
		});
		await expect(failing).rejects.toThrow('full');
		const hidden = get<{ n: number }>(context.database, 'SELECT count(*) AS n FROM conversations WHERE deleted_at < 0');
		expect(hidden?.n).toBeGreaterThan(0);
		// The same file, imported anew: nothing of the failed import counts as known.
		expect(await importing(context, files(20_000))).toMatchObject({ conversations: 40, known: 0 });
		expect(get(context.database, visible)).toEqual({ n: 40 });
		expect(finishInterruptedImport(context.database)).toBe('abandoned');
		expect(get(context.database, visible)).toEqual({ n: 40 });
		expect(get(context.database, 'SELECT count(*) AS n FROM conversations WHERE deleted_at = 0')).toEqual(hidden);
	});

	test('of two interrupted imports, the one that was done is revealed and the other is not', async () => {
		const context = conversationForTest();
		await importing(context, files(10));
		run(context.database, 'UPDATE conversations SET deleted_at = iif(id % 2 = 0, -1, -3)');
		commitImport(context.database, { importing: -3, imported: -4 }, [], 1);
		expect(finishInterruptedImport(context.database)).toBe('abandoned');
		expect(get(context.database, visible)).toEqual({ n: 20 });
		expect(finishInterruptedImport(context.database)).toBe('none');
	});

	test('a truncated file is read up to its end, and that is reported', async () => {
		const text = files(10);
		const report = await importing(conversationForTest(), text.slice(0, text.length - 30));
		expect(report).toMatchObject({ conversations: 39, skipped: [{ why: 'the file ends in the middle of it' }] });
	});
});
