import { beforeEach, describe, expect, test } from 'vitest';
import type { SearchCursor, SearchFilter, SearchHit, SearchPage } from '../../../electron/contract/search/schema.ts';
import type { WritableDatabase } from '../../../electron/database/database.ts';
import { run } from '../../../electron/database/sql.ts';
import { readSearchChoices } from '../../../electron/search/filter-choices.ts';
import { findConversations } from '../../../electron/search/find-conversations.ts';
import { createDatabase, openReader } from '../../support/database.ts';

const day = (month: number, date: number, hour = 12) => new Date(2026, month - 1, date, hour).getTime();
const now = day(11, 24);

/** Inserts two conversations about rain: an old one that is tagged, filed and rated, and a new archived one. */
function fill(database: WritableDatabase): void {
	const sql = [
		`INSERT INTO model_files (id, path, name, size_bytes, modified_at, architecture, parameters, quantization, added_at)
		 VALUES (1, '/q.gguf', 'Qwen3 8B', 1, 1, 'qwen3', 1, 'Q4_K_M', 1), (2, '/s.gguf', 'SmolLM2', 1, 1, 'llama', 1, 'Q4_1', 1)`,
		`INSERT INTO folders (id, name, position, created_at) VALUES (1, 'Trip to Rome', 1, 1), (2, 'Empty', 2, 1)`,
		`INSERT INTO tags (id, name, created_at) VALUES (1, 'Weather', 1), (2, 'travel', 1)`,
	];
	for (const statement of sql) run(database, statement);
	conversation(database, { id: 1, title: 'Rain in Rome', at: day(3, 5), folder: 1, archived: null });
	conversation(database, { id: 2, title: 'Rain again', at: day(11, 20), folder: null, archived: now });
	run(database, 'INSERT INTO conversation_tags (conversation_id, tag_id) VALUES (1, 1), (1, 2), (2, 1)');
	answerBy(database, 2, 1, 'Qwen3 8B', 'Q4_K_M');
	answerBy(database, 4, 2, 'SmolLM2', 'Q4_1');
	const rate = (kind: string, rating: string | null, correction: string | null, superseded: number | null) =>
		run(
			database,
			`INSERT INTO feedback (message_id, kind, rating, correction, source, created_at, superseded_at)
			 VALUES (2, :kind, :rating, :correction, 'person', 1, :superseded)`,
			{ kind, rating, correction, superseded },
		);
	rate('rating', 'down', null, 5);
	rate('rating', 'up', null, null);
	rate('correction', null, 'better', null);
	run(
		database,
		`INSERT INTO attachments (message_id, position, name, media_type, size_bytes, characters, text, created_at)
		 VALUES (3, 0, 'a.txt', 'text/plain', 1, 1, 'x', 1)`,
	);
}

interface Row {
	id: number;
	title: string;
	at: number;
	folder: number | null;
	archived: number | null;
}

function conversation(database: WritableDatabase, row: Row): void {
	const { id, at, ...rest } = row;
	run(
		database,
		`INSERT INTO conversations (id, title, folder_id, archived_at, created_at, updated_at)
		 VALUES (:id, :title, :folder, :archived, :at, :at)`,
		{ id, at, ...rest },
	);
	for (const [index, role] of (['user', 'assistant'] as const).entries()) {
		run(
			database,
			`INSERT INTO messages (id, conversation_id, role, status, content, created_at)
			 VALUES (:messageId, :id, :role, 'complete', 'about rain', :at)`,
			{ messageId: 2 * id - 1 + index, id, role, at: at + index },
		);
	}
}

function answerBy(
	database: WritableDatabase,
	messageId: number,
	fileId: number,
	name: string,
	quantization: string,
): void {
	run(
		database,
		`INSERT INTO generations (message_id, model_file_id, model_name, quantization, temperature, top_k, top_p, min_p,
		   repeat_penalty, stop, seed)
		 VALUES (:messageId, :fileId, :name, :quantization, 1, 1, 1, 1, 1, '[]', 1)`,
		{ messageId, fileId, name, quantization },
	);
}

describe('filters', () => {
	let find: (text: string, filter?: SearchFilter) => Promise<SearchPage>;
	let choices: () => ReturnType<typeof readSearchChoices>;
	beforeEach(() => {
		const { database, path } = createDatabase();
		fill(database);
		const reader = openReader(path);
		find = async (text, filter = {}) => {
			const hits: SearchHit[] = [];
			let after: SearchCursor | null = null;
			while (true) {
				const page: SearchPage = await findConversations(
					{ reader, clock: () => now },
					{ text, filter, limit: 50, after },
				);
				hits.push(...page.hits);
				if (page.next === null) return { ...page, hits };
				after = page.next;
			}
		};
		choices = () => readSearchChoices(reader);
	});
	/** Ids of the messages found; a title as the negative id of its conversation. */
	const ids = ({ hits }: SearchPage) => hits.map(({ messageId, conversationId }) => messageId ?? -conversationId);

	test.each([
		['rain', [-2, -1, 4, 3, 2, 1]],
		['rain tag:travel', [-1, 2, 1]],
		['rain tag:WEATHER', [-2, -1, 4, 3, 2, 1]],
		['rain tag:weather tag:travel', [-1, 2, 1]],
		['rain in:"trip to rome"', [-1, 2, 1]],
		['rain is:archived', [-2, 4, 3]],
		['rain from:me', [3, 1]],
		['rain from:model', [4, 2]],
		['rain model:qwen3', [2]],
		['rain model:"smollm2 q4_1"', [4]],
		['rain has:feedback', [2]],
		['rain has:up', [2]],
		['rain has:down', []],
		['rain has:correction', [2]],
		['rain has:attachment', [3]],
		['rain after:2026-11', [-2, 4, 3]],
		['rain before:2026-11', [-1, 2, 1]],
		['rain on:2026-03-05', [-1, 2, 1]],
		['rain on:2026-03-06', []],
		['rain on:2026', [-2, -1, 4, 3, 2, 1]],
		['rain after:7d', [-2, 4, 3]],
		['rain after:2026-03-01 before:2026-04 from:me', [1]],
		['tag:travel', [-1]],
		['is:archived', [-2]],
		['has:up', [2]],
		['model:smollm2 after:2026-11-20', [4]],
		['in:Empty rain', []],
		['tag:', []],
	])('%j finds %j', async (text, expected) => {
		expect(ids(await find(text))).toEqual(expected);
	});

	test('filters in the call restrict like typed ones, and both combine', async () => {
		expect(ids(await find('rain', { tags: ['travel'], writtenBy: 'user' }))).toEqual([1]);
		expect(ids(await find('rain from:me', { folder: 'Trip to Rome' }))).toEqual([1]);
		expect(ids(await find('rain after:2026-03', { to: day(4, 1) }))).toEqual([-1, 2, 1]);
	});

	test('filters are described in words, and a wrong one gives the reason', async () => {
		expect((await find('rain tag:travel on:2026-03 has:up')).filters).toEqual([
			{ typed: 'tag:travel', label: 'Tag travel', problem: null },
			{ typed: 'on:2026-03', label: 'Only March 2026', problem: null },
			{ typed: 'has:up', label: 'Rated good', problem: null },
		]);
		expect((await find('rain tag:nope')).filters).toMatchObject([{ problem: 'There is no tag called “nope”.' }]);
		expect((await find('rain', { folder: 'nope' })).filters).toMatchObject([
			{ typed: '', problem: 'There is no folder called “nope”.' },
		]);
		const wrong = await find('rain on:someday has:wings');
		expect(wrong.filters.map(({ problem }) => problem)).toEqual([
			expect.stringMatching(/^Dates are written 2026-11-24/),
			'Use one of: feedback, up, down, correction, attachment.',
		]);
		expect(ids(wrong)).toHaveLength(6);
	});

	test('existing values are offered as filters', async () => {
		expect(await choices()).toEqual({
			tags: [
				{ name: 'Weather', conversations: 2 },
				{ name: 'travel', conversations: 1 },
			],
			folders: [
				{ name: 'Trip to Rome', conversations: 1 },
				{ name: 'Empty', conversations: 0 },
			],
			models: ['SmolLM2', 'Qwen3 8B'],
		});
	});
});
