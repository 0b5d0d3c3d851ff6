import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renameConversation, trashConversation } from '../../../electron/conversation/edit-conversation.ts';
import { regenerate } from '../../../electron/conversation/send-message.ts';
import { run, transaction } from '../../../electron/database/sql.ts';
import { parseQuery } from '../../../electron/search/query.ts';
import { searchConversations } from '../../../electron/search/search-conversations.ts';
import { answering, answerOf, conversationForTest, converse } from '../../support/conversation.ts';
import { createDatabase, openReader } from '../../support/database.ts';

const mark = (text: string): string => text.replaceAll('\uE000', '[').replaceAll('\uE001', ']');

async function library() {
	const context = conversationForTest(
		answering('The kingfisher dives for fish.', 'Über den Wolken ist die Freiheit grenzenlos.', '东京是日本的首都 👍'),
	);
	for (const text of ['Tell me about birds', 'Ein Lied?', 'capital of Japan => ?']) await converse(context, text);
	const reader = openReader(context.path);
	const find = async (text: string): Promise<string[]> =>
		(await searchConversations(reader, text, 50)).map(({ snippet }) => mark(snippet));
	return { context, reader, find };
}

describe('search', () => {
	test.each([
		['kingfi', ['The [kingfisher] dives for fish.']],
		['FISH diveS', ['The kingfisher [dives] for [fish].']],
		['uber freih', ['[Über] den Wolken ist die [Freiheit] grenzenlos.']],
		['birds', ['Tell me about [birds]', 'Tell me about [birds]']],
		['"dives for"', ['The kingfisher [dives for] fish.']],
		['"for dives"', []],
		['日本', ['东京是[日本]的首都 👍']],
		['👍', ['东京是日本的首都 [👍]']],
		['=>', ['capital of Japan [=>] ?', 'capital of Japan [=>] ?']],
		['kingf nothing', []],
		['', []],
		['   ', []],
	])('for %j finds %j', async (text, expected) => {
		expect(await (await library()).find(text)).toEqual(expected);
	});

	test('finds all branches, new titles, no old ones, and nothing in the trash', async () => {
		const context = conversationForTest(answering('heron', 'egret'));
		const { conversationId, messageId } = await converse(context, 'A bird?');
		await answerOf(context, regenerate(context, { messageId }));
		renameConversation(context, conversationId, 'Waders');
		const reader = openReader(context.path);
		const hits = async (text: string) => (await searchConversations(reader, text, 50)).length;
		expect([await hits('heron'), await hits('egret'), await hits('waders')]).toEqual([1, 1, 1]);
		expect(await searchConversations(reader, 'waders', 50)).toMatchObject([{ conversationId, messageId: null }]);
		await trashConversation(context, conversationId);
		expect([await hits('heron'), await hits('waders')]).toEqual([0, 0]);
	});

	test('takes any text as text, whatever signs of a query language are in it', async () => {
		const { reader } = await library();
		const nasty = fc.oneof(
			fc.string({ unit: 'binary', maxLength: 40 }),
			fc
				.array(
					fc.constantFrom(
						'"',
						'*',
						'(',
						')',
						':',
						'^',
						'-',
						'+',
						'NEAR(',
						'AND',
						'OR',
						'NOT',
						'content',
						'{',
						'}',
						'\0',
						' ',
						'\uD83D',
						"'",
						';',
						'%',
						'_',
						'\\',
						'fish',
					),
					{
						maxLength: 12,
					},
				)
				.map((parts) => parts.join('')),
		);
		await fc.assert(
			fc.asyncProperty(nasty, async (text) => {
				expect(Array.isArray(await searchConversations(reader, text, 5))).toBe(true);
			}),
			{ numRuns: 400 },
		);
	});

	test('of what a million people say still answers, newest first', async () => {
		const { database, path } = createDatabase();
		transaction(database, () => {
			run(database, `INSERT INTO conversations (id, title, created_at, updated_at) VALUES (1, 't', 1, 1)`);
			for (let index = 0; index < 6_000; index += 1) {
				run(
					database,
					`INSERT INTO messages (conversation_id, role, status, content, created_at)
					 VALUES (1, 'user', 'complete', 'the same words ' || :index, 1)`,
					{ index: String(index) },
				);
			}
		});
		const hits = await searchConversations(openReader(path), 'the', 3);
		expect(hits.map(({ snippet }) => mark(snippet))).toEqual([
			'[the] same words 5999',
			'[the] same words 5998',
			'[the] same words 5997',
		]);
	});
});

test('parseQuery quotes every word and leaves the last one open', () => {
	expect(parseQuery('foo "bar baz" qu')).toEqual({ kind: 'words', match: '"foo" "bar baz" "qu"*' });
	expect(parseQuery('foo OR ba"r')).toEqual({ kind: 'words', match: '"foo" "OR" "ba" "r"*' });
	expect(parseQuery('foo "bar baz"')).toEqual({ kind: 'words', match: '"foo" "bar baz"' });
	expect(parseQuery('50%')).toEqual({ kind: 'words', match: '"50%"*' });
	expect(parseQuery('!!')).toEqual({ kind: 'text', text: '!!' });
});
