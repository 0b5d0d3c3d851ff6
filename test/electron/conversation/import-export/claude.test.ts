import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isClaude, readClaude } from '../../../../electron/conversation/import-export/formats/claude.ts';

const example = join(
	import.meta.dirname,
	'../../../../../shared/data/chat_exports/openwebui-importer/examples/claude_thinking_example.json',
);

const said = (uuid: string, sender: string, text: string, more: object = {}) => ({
	uuid,
	sender,
	created_at: '2026-01-01T00:00:05Z',
	content: [{ type: 'text', text }],
	...more,
});

describe('Claude', () => {
	test.skipIf(!existsSync(example))('a real conversations.json is read with texts, reasoning, times and order', () => {
		const [first] = JSON.parse(readFileSync(example, 'utf8')) as unknown[];
		expect(isClaude(first)).toBe(true);
		const read = readClaude(first);
		expect(read).toMatchObject({ title: 'Thinking Demo', createdAt: Date.parse('2025-01-01T00:00:00Z'), skipped: [] });
		expect(read.messages.map(({ role, content }) => [role, content])).toEqual([
			['user', 'Can you greet me?'],
			['assistant', "Hello there! It's great to hear from you."],
		]);
		expect(read.messages[1]).toMatchObject({
			reasoning: 'The user asked for a greeting. I should respond warmly and invite further conversation.',
			parentKey: read.messages[0]?.key,
		});
		expect(read.headKey).toBe(read.messages[1]?.key);
	});

	test('branches, the shown one and pasted texts are kept, and omissions are reported', () => {
		const read = readClaude({
			uuid: 'c',
			name: '',
			created_at: '2026-01-01T00:00:00Z',
			current_leaf_message_uuid: 'a1',
			chat_messages: [
				said('q', 'human', 'What is this?', {
					parent_message_uuid: '00000000-0000-4000-8000-000000000000',
					attachments: [
						{ file_name: '', extracted_content: 'a pasted poem' },
						{ file_name: 'scan.pdf', extracted_content: '' },
					],
					files: [{ file_name: 'photo.png' }],
				}),
				said('a1', 'assistant', 'A poem.', { parent_message_uuid: 'q' }),
				said('a2', 'assistant', '', {
					parent_message_uuid: 'q',
					text: 'Words of an older export',
					content: [{ type: 'tool_use', name: 'web_search' }],
				}),
				{ sender: 'assistant' },
			],
		});
		expect(read.messages.map(({ key, parentKey, content }) => [key, parentKey, content])).toEqual([
			['q', null, 'What is this?\n\nPasted text:\n\na pasted poem'],
			['a1', 'q', 'A poem.'],
			['a2', 'q', 'Words of an older export'],
		]);
		const asked = { name: 'web_search', arguments: '{}', result: null, isError: false };
		expect(read.messages[2]?.rounds).toEqual([{ contentEnd: 0, reasoningEnd: 0, steps: [asked] }]);
		expect(read.headKey).toBe('a1');
		expect(read.skipped.map(({ what }) => what)).toEqual(['the file "scan.pdf"', 'the file "photo.png"', 'message 4']);
	});

	test('calls of tools become steps, between the texts that they stand between', () => {
		const use = (id: string, q: string) => ({ type: 'tool_use', id, name: 'web_search', input: { q } });
		const result = (id: string, text: string, more: object = {}) => ({
			...{ type: 'tool_result', tool_use_id: id, name: 'web_search', content: [{ type: 'text', text }] },
			...more,
		});
		const read = readClaude({
			uuid: 'c',
			chat_messages: [
				said('q', 'human', 'Compare them.'),
				said('a', 'assistant', '', {
					content: [
						{ type: 'thinking', thinking: 'Search.' },
						{ type: 'text', text: 'I look.' },
						use('1', 'owls'),
						use('2', 'swifts'),
						result('1', 'owls hunt'),
						result('2', 'no answer', { is_error: true }),
						{ type: 'text', text: 'Owls hunt.' },
						{ ...result('3', ''), content: [{ type: 'image' }] },
					],
				}),
			],
		});
		const answer = read.messages[1]!;
		expect(answer.content).toBe('I look.\n\nOwls hunt.');
		const step = (q: string, text: string, isError: boolean) => {
			return { name: 'web_search', arguments: JSON.stringify({ q }), result: text, isError };
		};
		expect(answer.rounds).toEqual([
			{
				...{ contentEnd: 7, reasoningEnd: 7 },
				steps: [step('owls', 'owls hunt', false), step('swifts', 'no answer', true)],
			},
			{
				...{ contentEnd: answer.content.length, reasoningEnd: 7 },
				steps: [{ name: 'web_search', arguments: '{}', result: '', isError: false }],
			},
		]);
		expect(read.skipped).toEqual([
			{ what: 'part of a result of the tool "web_search"', why: 'only text can be imported' },
		]);
	});
});
