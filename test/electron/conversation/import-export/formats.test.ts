import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isChatGpt, readChatGpt } from '../../../../electron/conversation/import-export/formats/chatgpt.ts';
import {
	keepMessages,
	milliseconds,
	splitEmbeddedReasoning,
} from '../../../../electron/conversation/import-export/formats/imported.ts';
import { isJanMessage, readJan } from '../../../../electron/conversation/import-export/formats/jan.ts';
import { isLmStudio, readLmStudio } from '../../../../electron/conversation/import-export/formats/lm-studio.ts';
import { isOpenWebUi, readOpenWebUi } from '../../../../electron/conversation/import-export/formats/open-webui.ts';

const exportsFolder = join(import.meta.dirname, '../../../../../shared/data/chat_exports');
const present = existsSync(exportsFolder);
if (!present) console.log('SKIPPED real chat exports: ../shared/data/chat_exports is not here');

function real(path: string): unknown {
	return JSON.parse(readFileSync(join(exportsFolder, path), 'utf8'));
}

const saying = (content: string) => ({
	role: 'user' as const,
	content,
	reasoning: null,
	createdAt: 0,
	model: null,
	status: 'complete' as const,
});

describe('message trees', () => {
	test('children of a dropped node move to the nearest kept ancestor, parents first', () => {
		const kept = keepMessages([
			{ key: 'c', parentKey: 'b', message: saying('third') },
			{ key: 'a', parentKey: null, message: saying('first') },
			{ key: 'b', parentKey: 'a', message: null },
		]);
		expect(kept.map(({ key, parentKey }) => [key, parentKey])).toEqual([
			['a', null],
			['c', 'a'],
		]);
	});

	test('every text is kept if parents are missing or form a cycle', () => {
		const kept = keepMessages([
			{ key: 'a', parentKey: 'b', message: saying('one') },
			{ key: 'b', parentKey: 'a', message: saying('two') },
			{ key: 'c', parentKey: 'nowhere', message: saying('three') },
		]);
		expect(kept.map(({ content }) => content).sort()).toEqual(['one', 'three', 'two']);
		expect(kept[0]?.parentKey).toBeNull();
	});
});

test('times are read in seconds, milliseconds, microseconds, nanoseconds and as dates', () => {
	const expected = 1_750_537_482_000;
	for (const time of [
		1_750_537_482,
		1_750_537_482_000,
		1_750_537_482_000_000,
		1_750_537_482_000_000_000,
		'1750537482',
	]) {
		expect(milliseconds(time, 0)).toBe(expected);
	}
	expect(milliseconds('2025-06-21T20:24:42Z', 0)).toBe(expected);
	expect([milliseconds(1e300, 7), milliseconds(1e21, 7), milliseconds('9'.repeat(300), 7)]).toEqual([7, 7, 7]);
	expect([milliseconds(null, 7), milliseconds('', 7), milliseconds(Number.NaN, 7), milliseconds('no date', 7)]).toEqual(
		[7, 7, 7, 7],
	);
});

test('reasoning in tags is separated from the answer', () => {
	expect(splitEmbeddedReasoning('<think>why</think>\n\nBecause.')).toEqual({ content: 'Because.', reasoning: 'why' });
	expect(
		splitEmbeddedReasoning(
			'<details type="reasoning" done="true">\n<summary>Thought</summary>\n> a\n> b\n</details>\nSo.',
		),
	).toEqual({
		content: 'So.',
		reasoning: 'a\nb',
	});
	expect(splitEmbeddedReasoning('The tag <think> is plain here.')).toEqual({
		content: 'The tag <think> is plain here.',
		reasoning: null,
	});
});

describe('ChatGPT', () => {
	const node = (id: string, parent: string | null, message: unknown) => ({ id, parent, message, children: [] });
	const message = (role: string, parts: unknown[], more: object = {}) => ({
		author: { role },
		create_time: 1_750_000_000,
		content: { content_type: 'text', parts },
		...more,
	});
	const conversation = {
		title: 'Branches',
		create_time: 1_750_000_000.5,
		update_time: 1_750_000_100,
		conversation_id: 'abc',
		current_node: 'a2',
		mapping: {
			root: node('root', null, null),
			u: node('u', 'root', message('user', ['Hello', { content_type: 'image_asset_pointer' }])),
			tool: node('tool', 'u', message('tool', ['{}'])),
			a1: node('a1', 'tool', message('assistant', ['one'])),
			a2: node('a2', 'tool', message('assistant', ['two'], { metadata: { model_slug: 'gpt-4o' } })),
			hidden: node(
				'hidden',
				'a2',
				message('user', ['x'], { metadata: { is_visually_hidden_from_conversation: true } }),
			),
		},
	};

	test('both branches, the shown one, times and the model are kept, and omissions are reported', () => {
		const read = readChatGpt(conversation);
		expect(isChatGpt(conversation)).toBe(true);
		expect(read.messages.map(({ key, parentKey, content }) => [key, parentKey, content])).toEqual([
			['u', null, 'Hello\n'],
			['a1', 'u', 'one'],
			['a2', 'u', 'two'],
		]);
		expect(read).toMatchObject({
			key: 'abc',
			headKey: 'a2',
			createdAt: 1_750_000_000_500,
			updatedAt: 1_750_000_100_000,
		});
		expect(read.messages.at(-1)?.model).toBe('gpt-4o');
		expect(read.skipped.map(({ what }) => what)).toEqual(['an attachment (image_asset_pointer)']);
		const round = { contentEnd: 0, reasoningEnd: 0 };
		const step = { name: 'unknown', arguments: '{}', result: '{}', isError: false };
		for (const answer of read.messages.slice(1)) expect(answer.rounds).toEqual([{ ...round, steps: [step] }]);
	});

	test('calls of tools become steps of the answer after them, with their results; others are reported', () => {
		const call = (text: string, recipient: string) => ({
			...message('assistant', []),
			content: { content_type: 'code', text },
			recipient,
		});
		const result = (name: string, text: string, more: object = {}) => ({
			...message('tool', []),
			author: { role: 'tool', name },
			content: { content_type: 'execution_output', text },
			metadata: more,
		});
		const failed = { aggregate_result: { status: 'failed_with_in_kernel_exception' } };
		const read = readChatGpt({
			...conversation,
			mapping: {
				u: node('u', null, message('user', ['What is 6 * 7, and what is new?'])),
				c1: node('c1', 'u', call('print(6 * 7)', 'python')),
				r1: node('r1', 'c1', result('python', '42')),
				c2: node('c2', 'r1', call('{"search_query":[{"q":"news"}]}', 'web.run')),
				r2: node('r2', 'c2', result('web.run', 'offline', failed)),
				a: node('a', 'r2', message('assistant', ['42, and I could not look.'])),
				c3: node('c3', 'a', call('print(1)', 'python')),
			},
			current_node: 'c3',
		});
		const ends = { contentEnd: 0, reasoningEnd: 0 };
		expect(read.messages.at(-1)?.rounds).toEqual([
			{ ...ends, steps: [{ name: 'python', arguments: '{"code":"print(6 * 7)"}', result: '42', isError: false }] },
			{
				...ends,
				steps: [{ name: 'web.run', arguments: '{"search_query":[{"q":"news"}]}', result: 'offline', isError: true }],
			},
		]);
		expect(read.headKey).toBe('a');
		expect(read.skipped).toEqual([{ what: 'a use of the tool "python"', why: 'no answer follows it' }]);
	});

	test.skipIf(!present)('a real conversations.json is read: five questions, five answers, in order', () => {
		const [first] = real('openwebui-importer/examples/gpt_example.json') as unknown[];
		const read = readChatGpt(first);
		expect(read.title).toBe('How photosynthesis works');
		expect(read.messages.map(({ role }) => role)).toEqual(
			Array.from({ length: 5 }, () => ['user', 'assistant']).flat(),
		);
		expect(read.messages.every((each, index) => each.parentKey === (read.messages[index - 1]?.key ?? null))).toBe(true);
		expect(read.headKey).toBe(read.messages.at(-1)?.key);
		expect(new Date(read.createdAt).toISOString()).toBe('2025-06-21T20:24:42.971Z');
	});
});

describe('Open WebUI', () => {
	test.skipIf(!present)('a real chat without its wrapper is read', () => {
		const chat = real('openwebui-importer/examples/webui-json.json');
		expect(isOpenWebUi(chat)).toBe(true);
		const read = readOpenWebUi(chat);
		expect(read.messages.map(({ role, model }) => [role, model])).toEqual([
			['user', null],
			['assistant', 'deepseek/deepseek-chat:free'],
		]);
		expect(read.createdAt).toBe(1_744_577_557_127);
	});

	test('calls of tools in the text, or in the items of newer exports, become steps', () => {
		const block = (done: boolean, attributes: string, body = '') =>
			`<details type="tool_calls" done="${done}" id="c" name="weather" ${attributes}>\n<summary>Tool</summary>${body}\n</details>\n`;
		const lisbon = 'arguments="{&quot;city&quot;: &quot;Lisbon&quot;}"';
		const old = [
			'<details type="reasoning" done="true">\n<summary>Thought</summary>\n> hm\n</details>\nLet me look.\n',
			block(true, `${lisbon} result="{&quot;c&quot;: 21}"`),
			block(true, 'arguments="&quot;{\\&quot;city\\&quot;: \\&quot;Porto\\&quot;}&quot;"', '\n&lt;18&gt;'),
			'It is 21 degrees.',
			block(false, lisbon),
		].join('');
		const items = [
			{ type: 'function_call', call_id: 'x', name: 'weather', arguments: '{"city":"Faro"}' },
			{ type: 'function_call_output', call_id: 'x', output: [{ type: 'input_text', text: '25' }] },
		];
		const read = readOpenWebUi({
			history: {
				currentId: 'b',
				messages: {
					q: { id: 'q', parentId: null, role: 'user', content: 'Q' },
					a: { id: 'a', parentId: 'q', role: 'assistant', content: old },
					b: { id: 'b', parentId: 'q', role: 'assistant', content: '25.', output: items },
				},
			},
		});
		const [, a, b] = read.messages;
		expect(a).toMatchObject({ content: 'Let me look.\nIt is 21 degrees.', reasoning: 'hm' });
		const step = (city: string, result: string | null) => {
			const given = JSON.stringify({ city });
			return { name: 'weather', arguments: given, result, isError: false };
		};
		const [first, second] = [a!.content.indexOf('It is'), a!.content.length];
		expect(a?.rounds).toEqual([
			{ contentEnd: first, reasoningEnd: 2, steps: [step('Lisbon', '{"c": 21}'), step('Porto', '<18>')] },
			{ contentEnd: second, reasoningEnd: 2, steps: [step('Lisbon', null)] },
		]);
		expect(b).toMatchObject({ content: '25.', rounds: [{ contentEnd: 0, steps: [step('Faro', '25')] }] });
	});

	test('the wrapper is read: both kinds of tags, pinned, archived, both branches, a failed answer', () => {
		const read = readOpenWebUi({
			id: 'w1',
			title: 'Wrapped',
			pinned: true,
			archived: true,
			created_at: 1_700_000_000,
			updated_at: 1_700_000_050,
			meta: { tags: ['work'] },
			chat: {
				title: 'inner',
				models: ['m'],
				tags: [{ name: 'home' }, 'work'],
				history: {
					currentId: 'b',
					messages: {
						q: { id: 'q', parentId: null, role: 'user', content: 'Q', timestamp: 1_700_000_001 },
						a: { id: 'a', parentId: 'q', role: 'assistant', content: '<think>r</think>A', done: false },
						b: { id: 'b', parentId: 'q', role: 'assistant', content: 'B', error: { content: 'no' } },
					},
				},
			},
		});
		expect(read).toMatchObject({
			key: 'w1',
			title: 'Wrapped',
			pinned: true,
			archived: true,
			tags: ['work', 'home'],
			headKey: 'b',
		});
		expect(read.messages.map(({ content, reasoning, status }) => [content, reasoning, status])).toEqual([
			['Q', null, 'complete'],
			['A', 'r', 'stopped'],
			['B', null, 'failed'],
		]);
	});
});

describe('Jan', () => {
	test.skipIf(!present)('a real line of messages.jsonl is read without a thread.json', () => {
		const path = 'jan/threads/8f2c9922-db49-4d1e-8620-279c05baf2d0/messages.jsonl';
		const lines = readFileSync(join(exportsFolder, path), 'utf8')
			.split('\n')
			.filter((line) => line !== '')
			.map((line) => JSON.parse(line) as unknown);
		expect(lines.every(isJanMessage)).toBe(true);
		const read = readJan(null, lines);
		expect(read).toMatchObject({ key: '8f2c9922-db49-4d1e-8620-279c05baf2d0', createdAt: 1_751_012_639_307 });
		expect(read.messages[0]?.content).toMatch(/^Hello! I can help you/);
	});

	test('title, model and instructions come from thread.json, and an invalid line is reported', () => {
		const read = readJan(
			{
				id: 't',
				object: 'thread',
				title: 'T',
				created: 1_700_000_000,
				updated: 1_700_000_009,
				assistants: [{ instructions: 'Be brief', model: { id: 'qwen' } }],
			},
			[
				{
					id: 'm1',
					object: 'thread.message',
					role: 'user',
					content: [{ type: 'text', text: { value: 'Hi' } }],
					created_at: 1_700_000_001_000,
				},
				{ nonsense: true },
				{
					id: 'm2',
					object: 'thread.message',
					role: 'assistant',
					content: [{ type: 'text', text: { value: 'Yo' } }, { type: 'image_url' }],
					status: 'stopped',
				},
			],
		);
		expect(read).toMatchObject({ title: 'T', systemPrompt: 'Be brief', model: 'qwen', headKey: 'm2' });
		expect(read.messages.map(({ parentKey, status }) => [parentKey, status])).toEqual([
			[null, 'complete'],
			['m1', 'stopped'],
		]);
		expect(read.skipped).toHaveLength(2);
	});
});

describe('LM Studio', () => {
	const text = (value: string) => [{ type: 'text', text: value }];
	const answer = (value: string, more: object[] = []) => ({
		type: 'multiStep',
		role: 'assistant',
		senderInfo: { senderName: 'qwen3' },
		steps: [...more, { type: 'contentBlock', content: text(value) }, { type: 'debugInfoBlock' }],
	});

	test('versions become branches below the selected one, and reasoning stays separate', () => {
		const conversation = {
			name: 'Versions',
			createdAt: 1_730_000_000_000,
			pinned: true,
			systemPrompt: 'S',
			lastUsedModel: { identifier: 'qwen3' },
			messages: [
				{ currentlySelected: 0, versions: [{ type: 'singleStep', role: 'user', content: text('Q') }] },
				{
					currentlySelected: 1,
					versions: [
						answer('first'),
						answer('second', [
							{ type: 'contentBlock', style: { type: 'thinking' }, content: text('<think>hm</think>') },
						]),
					],
				},
				{ currentlySelected: 0, versions: [{ type: 'singleStep', role: 'user', content: text('again') }] },
			],
		};
		expect(isLmStudio(conversation)).toBe(true);
		const read = readLmStudio(conversation, 'file');
		expect(read.messages.map(({ key, parentKey, content, reasoning }) => [key, parentKey, content, reasoning])).toEqual(
			[
				['0.0', null, 'Q', null],
				['1.0', '0.0', 'first', null],
				['1.1', '0.0', 'second', 'hm'],
				['2.0', '1.1', 'again', null],
			],
		);
		expect(read).toMatchObject({
			headKey: '2.0',
			pinned: true,
			systemPrompt: 'S',
			model: 'qwen3',
			key: '1730000000000',
		});
	});
});
