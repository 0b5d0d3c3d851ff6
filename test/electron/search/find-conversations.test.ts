import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SearchCursor, SearchFilter, SearchHit, SearchPage } from '../../../electron/contract/search/schema.ts';
import { addAttachment } from '../../../electron/conversation/attachment/add-attachment.ts';
import { renameConversation, trashConversation } from '../../../electron/conversation/edit-conversation.ts';
import { regenerate } from '../../../electron/conversation/send-message.ts';
import { all as rows, run, transaction } from '../../../electron/database/sql.ts';
import { findConversations } from '../../../electron/search/find-conversations.ts';
import { answering, answerOf, conversationForTest, converse } from '../../support/conversation.ts';
import { createDatabase, openReader } from '../../support/database.ts';

const mark = (text: string): string => text.replaceAll('\uE000', '[').replaceAll('\uE001', ']');

const now = Date.UTC(2026, 10, 24, 12);

function searchOf(path: string) {
	const context = { reader: openReader(path), clock: () => now };
	const page = (
		text: string,
		{
			filter = {},
			limit = 50,
			after = null,
		}: { filter?: SearchFilter; limit?: number; after?: SearchCursor | null } = {},
	): Promise<SearchPage> => findConversations(context, { text, filter, limit, after });
	/** Returns every hit, page after page. */
	async function all(text: string, filter: SearchFilter = {}, limit = 50): Promise<SearchHit[]> {
		const hits: SearchHit[] = [];
		let after: SearchCursor | null = null;
		do {
			const found: SearchPage = await page(text, { filter, limit, after });
			hits.push(...found.hits);
			after = found.next;
		} while (after !== null);
		return hits;
	}
	const snippets = async (text: string): Promise<string[]> =>
		(await all(text)).map(({ messageId, title, snippet }) => mark(messageId === null ? title : snippet));
	return { page, all, snippets };
}

async function library() {
	const context = conversationForTest(
		answering(
			'The kingfisher dives for fish.',
			'Über den Wolken ist die Freiheit grenzenlos.',
			'东京是日本的首都 👍',
			'한국어를 배우는 학생은 C++를 씁니다.',
			'ในน้ำมีปลา ในนามีข้าว',
		),
	);
	for (const text of ['Tell me about birds', 'Ein Lied?', 'capital of Japan => ?', 'learning', 'water']) {
		await converse(context, text);
	}
	return { context, ...searchOf(context.path) };
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
		['本', ['东京是日[本]的首都 👍']],
		['的首都', ['东京是日本[的首都] 👍']],
		['首都 东京', ['[东京]是日本的[首都] 👍']],
		['京日', []],
		['한국', ['[한국]어를 배우는 학생은 C++를 씁니다.']],
		['학생', ['한국어를 배우는 [학생]은 C++를 씁니다.']],
		['c++', ['한국어를 배우는 학생은 [C]++를 씁니다.']],
		['ปลา', ['ในน้ำมี[ปลา] ในนามีข้าว']],
		['👍', ['东京是日本的首都 [👍]']],
		['日本 👍', ['东京是[日本]的首都 [👍]']],
		['=>', ['capital of Japan [=>] ?', 'capital of Japan [=>] ?']],
		['kingf nothing', []],
		['', []],
		['   ', []],
	])('%j finds %j', async (text, expected) => {
		expect(await (await library()).snippets(text)).toEqual(expected);
	});

	test('whole words rank before prefixes, and newer before older', async () => {
		const context = conversationForTest(answering('one art', 'two arts', 'three art', 'four artist'));
		for (const text of ['a', 'b', 'c', 'd']) await converse(context, text);
		expect(await searchOf(context.path).snippets('art')).toEqual([
			'three [art]',
			'one [art]',
			'four [artist]',
			'two [arts]',
		]);
	});

	test('all branches and new titles are found, old titles and the trash are not', async () => {
		const context = conversationForTest(answering('heron', 'egret'));
		const { conversationId, messageId } = await converse(context, 'A bird?');
		await answerOf(context, regenerate(context, { messageId }));
		renameConversation(context, conversationId, 'Waders');
		const { all } = searchOf(context.path);
		const count = async (text: string) => (await all(text)).length;
		expect([await count('heron'), await count('egret'), await count('waders')]).toEqual([1, 1, 1]);
		expect(await all('waders')).toMatchObject([{ conversationId, messageId: null, title: '\uE000Waders\uE001' }]);
		await trashConversation(context, conversationId);
		expect([await count('heron'), await count('waders')]).toEqual([0, 0]);
	});

	test('sent files are found by their names and words, after messages; waiting and deleted ones are not', async () => {
		const context = conversationForTest(answering('a lamp', 'nothing'));
		const send = async (text: string, name: string, content: string) => {
			const { id } = await addAttachment(context, null, new File([content], name));
			return converse(context, text, { attachmentIds: [id] });
		};
		const first = await send('What to bring?', 'notes.md', 'Bring a lamp, 東京の地図 and C++ books.');
		await send('And for later?', 'later.txt', 'Two lamps.');
		await addAttachment(context, null, new File(['A lamp that waits.'], 'waiting.txt'));
		const { all, page, snippets } = searchOf(context.path);
		expect(await snippets('lamp')).toEqual([
			'a [lamp]',
			'notes.md: Bring a [lamp], 東京の地図 and C++ books.',
			'later.txt: Two [lamps].',
		]);
		expect(await snippets('notes.md')).toEqual(['[notes.md]: Bring a lamp, 東京の地図 and C++ books.']);
		expect(await snippets('地図')).toEqual(['notes.md: Bring a lamp, 東京の[地図] and C++ books.']);
		expect(await snippets('c++')).toHaveLength(1);
		expect(await all('lamp', {}, 1)).toHaveLength(3);
		const { conversationId, messageId: answer } = first;
		expect(await all('bring from:user lamp')).toMatchObject([{ conversationId, writtenBy: 'user' }]);
		expect(await all('lamp', { writtenBy: 'assistant' })).toMatchObject([{ messageId: answer }]);
		expect((await page('lamp', { filter: { from: now + 400 * 86_400_000 } })).hits).toEqual([]);
		await trashConversation(context, conversationId);
		expect(await snippets('lamp')).toEqual(['later.txt: Two [lamps].']);
		run(context.database, 'DELETE FROM conversations');
		run(context.database, `INSERT INTO attachments_fts (attachments_fts, rank) VALUES ('integrity-check', 1)`);
		expect(rows(context.database, `SELECT rowid FROM attachments_fts WHERE attachments_fts MATCH 'lamp*'`)).toEqual([]);
	});

	test('of a sent file the first 100,000 characters are found, and 10,000 where words are not spaced', async () => {
		const context = conversationForTest(answering('nothing', 'nothing'));
		const send = async (name: string, content: string) => {
			const { id } = await addAttachment(context, null, new File([content], name));
			await converse(context, 'Here it is', { attachmentIds: [id] });
		};
		await send('spaced.txt', `${'early '.repeat(16_000)}lantern ${'late '.repeat(2_000)}beacon`);
		await send('unspaced.txt', `${'海'.repeat(9_000)}灯台${'海'.repeat(9_000)}港町`);
		const { all } = searchOf(context.path);
		const counts = await Promise.all(
			['lantern', 'beacon', '灯台', '港町'].map(async (word) => (await all(word)).length),
		);
		expect(counts).toEqual([1, 0, 1, 0]);
	});

	test('any text is literal, including signs of a query language', async () => {
		const { page } = await library();
		const signs = [
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
			'text',
			'{',
			'}',
			'\0',
			' ',
			'\uD83D',
		];
		const more = [
			"'",
			';',
			'%',
			'_',
			'\\',
			'fish',
			'日',
			'tag:',
			'tag:"',
			'on:',
			'model:*',
			'in:"a b"',
			'after:0000',
			'[',
			'.*',
		];
		const nasty = fc.oneof(
			fc.string({ unit: 'binary', maxLength: 40 }),
			fc.array(fc.constantFrom(...signs, ...more), { maxLength: 12 }).map((parts) => parts.join('')),
		);
		await fc.assert(
			fc.asyncProperty(nasty, async (text) => {
				expect(Array.isArray((await page(text, { limit: 5 })).hits)).toBe(true);
			}),
			{ numRuns: 400 },
		);
	});

	test('every match appears once across pages, however small they are', async () => {
		const { database, path } = createDatabase();
		fillWith(database, 1_500, (index) => (index % 3 === 0 ? `the artist ${index}` : `the art of ${index}`));
		const { all, page } = searchOf(path);
		const once = await all('art', {}, 200);
		expect(new Set(once.map(({ messageId }) => messageId)).size).toBe(1_500);
		expect(await all('art', {}, 7)).toEqual(once);
		const { next, searchedTo } = await page('art', { limit: 7 });
		expect(next).not.toBeNull();
		expect(searchedTo).toBe(1_489);
	});

	test('reading without the index also runs in steps', async () => {
		const { database, path } = createDatabase();
		fillWith(database, 5_000, (index) => (index % 1_000 === 0 ? `=> ${index}` : `${index}`));
		expect((await searchOf(path).all('=>')).map(({ at }) => at)).toEqual([5_000, 4_000, 3_000, 2_000, 1_000]);
	});
});

function fillWith(
	database: ReturnType<typeof createDatabase>['database'],
	count: number,
	text: (index: number) => string,
) {
	transaction(database, () => {
		run(database, `INSERT INTO conversations (id, title, created_at, updated_at) VALUES (1, 't', 1, 1)`);
		for (let index = 1; index <= count; index += 1) {
			run(
				database,
				`INSERT INTO messages (conversation_id, role, status, content, created_at)
				 VALUES (1, 'user', 'complete', :text, :index)`,
				{ text: text(index), index },
			);
		}
	});
}
