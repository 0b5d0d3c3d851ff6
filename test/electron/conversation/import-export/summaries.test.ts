import { describe, expect, test } from 'vitest';
import { openConversation } from '../../../../electron/conversation/edit-conversation.ts';
import { readOverflow, storeOverflow } from '../../../../electron/conversation/store/context-overflow.ts';
import { chooseSummary, insertSummary, listSummaries } from '../../../../electron/conversation/store/summaries.ts';
import { get } from '../../../../electron/database/sql.ts';
import { type ConversationForTest, conversationForTest, converse } from '../../../support/conversation.ts';
import { exporting, importing } from '../../../support/import-export.ts';

const version = { writtenBy: 'model', modelName: 'Tiny', atOnce: false, createdAt: 5, messages: 2 } as const;

/** Three exchanges, two versions of a summary of the first one, and an answer that was given the older one. */
async function summarised(context: ConversationForTest): Promise<number> {
	const { conversationId } = await converse(context, 'I like apples.');
	for (const text of ['And pears?', 'And plums?']) await converse(context, text, { conversationId });
	const ids = openConversation(context, conversationId).messages.map(({ id }) => id);
	const own = { ...version, conversationId, untilId: ids[1]! };
	const first = insertSummary(context.database, { ...own, text: 'They like apples.' });
	const edit = { writtenBy: 'person', modelName: '', atOnce: true } as const;
	insertSummary(context.database, { ...own, ...edit, text: 'They like *quinces*.' });
	chooseSummary(context.database, first);
	const summary = { id: first.id, number: 1, untilId: ids[1]!, messages: 2 };
	storeOverflow(context.database, ids[5]!, { policy: 'summary', firstSentId: ids[2]!, leftOut: 0, summary });
	return conversationId;
}

const textsOf = ({ database }: ConversationForTest, id: number) =>
	listSummaries(database, id).map(({ number, text }) => [number, text]);

describe('summaries in exports', () => {
	test('every version reaches another computer, with which is in use and what an answer was given', async () => {
		const here = conversationForTest();
		const id = await summarised(here);
		const { text } = await exporting(here, [id], 'json');
		expect(JSON.parse(text).conversations[0].summaries).toMatchObject([
			{ number: 2, text: 'They like *quinces*.', untilId: 2, messages: 2, writtenBy: 'person', active: false },
			{ number: 1, text: 'They like apples.', untilId: 2, modelName: 'Tiny', atOnce: true, active: true },
		]);
		const there = conversationForTest({ model: false });
		const report = await importing(there, text);
		const copy = report.samples[0]?.conversationId ?? 0;
		expect((await exporting(there, [copy], 'json')).text).toBe(text);
		expect(textsOf(there, copy)).toEqual(textsOf(here, id));
		const { messages } = openConversation(there, copy);
		expect(readOverflow(there.database, [messages.at(-1)!.id]).get(messages.at(-1)!.id)).toEqual({
			...{ policy: 'summary', firstSentId: messages[2]!.id, leftOut: 0 },
			summary: { id: listSummaries(there.database, copy)[0]!.id, number: 1, untilId: messages[1]!.id, messages: 2 },
		});
	});

	test.each([
		['markdown', 'version 1, by Tiny</summary>\n\nThey like apples.\n\n</details>\n\n## You\n\nAnd pears?'],
		['html', 'version 1, by Tiny</summary>\n<div class="text">They like apples.</div>'],
	] as const)('%s shows the one in use, behind what it covers', async (format, shown) => {
		const here = conversationForTest();
		const { text } = await exporting(here, [await summarised(here)], format);
		expect(text).toContain(shown);
		expect(text).not.toContain('quinces');
	});

	test('a newer export brings new versions; what is in use here stays in use', async () => {
		const here = conversationForTest();
		const { conversationId } = await converse(here, 'I like apples.');
		const there = conversationForTest({ model: false });
		await importing(there, (await exporting(here, [conversationId], 'json')).text);
		const place = { ...version, conversationId: 1, untilId: openConversation(there, 1).messages[1]!.id };
		insertSummary(there.database, { ...place, text: 'Mine.', writtenBy: 'person', modelName: '', atOnce: true });
		await converse(here, 'And pears?', { conversationId });
		const [, answer, , last] = openConversation(here, conversationId).messages;
		const made = insertSummary(here.database, { ...version, conversationId, untilId: answer!.id, text: 'Theirs.' });
		const summary = { id: made.id, number: 1, untilId: answer!.id, messages: 2 };
		storeOverflow(here.database, last!.id, { policy: 'summary', firstSentId: last!.parentId, leftOut: 0, summary });
		const late = (await exporting(here, [conversationId], 'json')).text;
		expect(await importing(there, late)).toMatchObject({ extended: 1, messages: 2 });
		expect(textsOf(there, 1)).toEqual([
			[1, 'Mine.'],
			[2, 'Theirs.'],
		]);
		const { messages } = openConversation(there, 1);
		const use = readOverflow(there.database, [messages[3]!.id]).get(messages[3]!.id);
		expect(use).toMatchObject({
			firstSentId: messages[2]!.id,
			summary: { number: 2, untilId: messages[1]!.id, id: listSummaries(there.database, 1)[1]!.id },
		});
		expect(await importing(there, late)).toMatchObject({ known: 1 });
	});

	test('an export without summaries, or with ones that can’t be right, is imported', async () => {
		const here = conversationForTest();
		const { text } = await exporting(here, [await summarised(here)], 'json');
		const document = JSON.parse(text);
		const [first, second] = document.conversations[0].summaries;
		document.conversations[0].summaries = [first, { ...second, number: first.number }, { ...second, untilId: 99 }];
		const there = conversationForTest({ model: false });
		expect(await importing(there, JSON.stringify(document))).toMatchObject({ conversations: 1, skipped: [] });
		expect(textsOf(there, 1)).toEqual([[2, 'They like *quinces*.']]);
		// The conversation is known here, whatever its file lacks.
		delete document.conversations[0].summaries;
		for (const { ledger } of document.conversations[0].messages) delete ledger?.overflow;
		expect(await importing(here, JSON.stringify(document))).toMatchObject({ known: 1, conversations: 0 });
		expect(textsOf(here, 1)).toHaveLength(2);
	});
});

describe('a conversation that an older version imported without its calls', () => {
	const messagesIn = ({ database }: ConversationForTest) =>
		get<{ n: number }>(database, 'SELECT count(*) AS n FROM messages')?.n;
	const use = { type: 'tool_use', id: '1', name: 'web_search', input: { q: 'owls' } };
	const claude = (extra: object[] = []) =>
		JSON.stringify([
			{
				...{ uuid: 'c', name: 'Owls', created_at: '2026-01-01T00:00:00Z' },
				chat_messages: [
					{ uuid: 'q', sender: 'human', text: 'What do owls do?', created_at: '2026-01-01T00:00:01Z' },
					{ uuid: 'a', sender: 'assistant', text: '', content: [use], created_at: '2026-01-01T00:00:02Z' },
					{ uuid: 'b', sender: 'assistant', text: 'They hunt.', created_at: '2026-01-01T00:00:03Z' },
					...extra,
				],
			},
		]);
	/** As it was stored then: an answer of calls alone was left out. */
	const withoutCalls = (text: string): string => {
		const document = JSON.parse(text);
		const [conversation] = document.conversations;
		conversation.messages = conversation.messages
			.filter(({ content }: { content: string }) => content !== '')
			.map(({ rounds: _, ...message }: { id: number; parentId: number | null; rounds?: unknown }, index: number) => ({
				...{ ...message, id: index + 1, parentId: index === 0 ? null : index },
			}));
		conversation.headId = conversation.messages.length;
		return JSON.stringify(document);
	};
	const more = { uuid: 'd', sender: 'human', text: 'And by day?', created_at: '2026-01-01T00:00:04Z' };

	test('an answer of calls alone makes no branch, whichever came first', async () => {
		const now = conversationForTest({ model: false });
		await importing(now, claude());
		expect(messagesIn(now)).toBe(3);
		const older = withoutCalls((await exporting(now, null, 'json')).text);
		const then = conversationForTest({ model: false });
		await importing(then, older);
		expect(messagesIn(then)).toBe(2);
		expect(await importing(now, older)).toMatchObject({ known: 1, extended: 0 });
		expect(await importing(then, claude())).toMatchObject({ known: 1, extended: 0 });
		// What was said since follows the same branch.
		for (const context of [then, now]) {
			const before = messagesIn(context)!;
			expect(await importing(context, claude([more]))).toMatchObject({ extended: 1, messages: 1 });
			expect(messagesIn(context)).toBe(before + 1);
			const { messages } = openConversation(context, 1);
			expect([messages.at(-1)?.content, messages.at(-1)?.siblings.length]).toEqual(['And by day?', 1]);
			expect(messages.at(-2)?.content).toBe('They hunt.');
		}
	});

	test('calls that stood in the text of an answer make no branch', async () => {
		const block =
			'<details type="tool_calls" done="true" name="search" arguments="{}">\n<summary>Done</summary>\nowls\n</details>\n';
		const chat = (content: string) =>
			JSON.stringify([
				{
					...{ id: 'w', title: 'Owls', created_at: 1_767_225_600 },
					chat: {
						history: {
							currentId: 'a',
							messages: {
								q: { id: 'q', parentId: null, role: 'user', content: 'Owls?', timestamp: 1_767_225_601 },
								a: { id: 'a', parentId: 'q', role: 'assistant', content, timestamp: 1_767_225_602 },
							},
						},
					},
				},
			]);
		const now = conversationForTest({ model: false });
		await importing(now, chat(`${block}They hunt.`));
		const document = JSON.parse((await exporting(now, null, 'json')).text);
		const answer = document.conversations[0].messages[1];
		expect(answer).toMatchObject({ content: 'They hunt.', rounds: [{ steps: [{ name: 'search' }] }] });
		delete answer.rounds;
		answer.content = `${block}They hunt.`;
		const then = conversationForTest({ model: false });
		await importing(then, JSON.stringify(document));
		for (const context of [then, now]) {
			expect(await importing(context, chat(`${block}They hunt.`))).toMatchObject({ known: 1, extended: 0 });
			expect(await importing(context, JSON.stringify(document))).toMatchObject({ known: 1, extended: 0 });
		}
	});
});
