import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findFiles } from '../../../../electron/conversation/import-export/find-files.ts';
import { readGrok } from '../../../../electron/conversation/import-export/formats/grok.ts';
import { readConversations } from '../../../../electron/conversation/import-export/read-conversations.ts';

const folder = mkdtempSync(join(tmpdir(), 'assay-grok-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (ms: number) => ({ $date: { $numberLong: String(ms) } });
const response = (id: string, sender: string, message: string, more: object = {}) => ({
	response: { _id: id, conversation_id: 'c1', sender, message, create_time: at(1_748_772_000_123), ...more },
	share_link: null,
});
const conversation = {
	conversation: {
		id: 'c1',
		title: 'Capital of France',
		create_time: '2025-06-01T10:00:00.000Z',
		modify_time: '2025-06-01T10:05:00.000Z',
		starred: true,
	},
	responses: [
		response('q', 'human', 'What is the capital of France?', { file_attachments: ['asset-1'] }),
		response('a1', 'ASSISTANT', 'Paris.', { parent_response_id: 'q', model: 'grok-4', thinking_trace: 'Easy.' }),
		response('a2', 'grok-3', 'Paris, of course.', { parent_response_id: 'q', create_time: at(1_748_772_009_000) }),
		response('i', 'assistant', '', { parent_response_id: 'a2', generated_image_urls: ['https://x.test/1.png'] }),
		{ response: { sender: 'human' } },
	],
};

test('a Grok conversation keeps branches, times, models and reasoning, and omissions are reported', () => {
	const read = readGrok(conversation);
	expect(read).toMatchObject({
		key: 'c1',
		title: 'Capital of France',
		pinned: true,
		headKey: 'a2',
		createdAt: Date.parse('2025-06-01T10:00:00Z'),
		updatedAt: Date.parse('2025-06-01T10:05:00Z'),
	});
	expect(read.messages.map(({ key, parentKey, role, content }) => [key, parentKey, role, content])).toEqual([
		['q', null, 'user', 'What is the capital of France?'],
		['a1', 'q', 'assistant', 'Paris.'],
		['a2', 'q', 'assistant', 'Paris, of course.'],
	]);
	expect(read.messages[1]).toMatchObject({ reasoning: 'Easy.', model: 'grok-4', createdAt: 1_748_772_000_123 });
	expect(read.skipped).toEqual([
		{ what: 'a file', why: 'only text can be imported' },
		{ what: 'a picture', why: 'only text can be imported' },
		{ what: 'message 5', why: 'not in a format that Grok is known to write' },
	]);
});

test('an export that names its ids conversation_id and response_id is read alike', () => {
	const { id, ...rest } = conversation.conversation;
	const renamed = {
		conversation: { ...rest, conversation_id: id },
		responses: conversation.responses.map((each) => {
			const { _id, ...response } = each.response as Record<string, unknown>;
			return { response: { ...response, ...(_id === undefined ? {} : { response_id: _id }) } };
		}),
	};
	expect(readGrok(renamed)).toEqual(readGrok(conversation));
});

test.each([
	['first', { conversations: [conversation], projects: [], tasks: [] }],
	['after other keys', { projects: [{ name: 'x' }], conversations: [conversation] }],
])('a Grok file is recognised when the conversations stand %s', async (_, document) => {
	const path = join(folder, 'prod-grok-backend.json');
	writeFileSync(path, JSON.stringify(document));
	const [file] = await findFiles([folder]);
	const found = [];
	for await (const { incoming } of readConversations(file!, new Map())) if (incoming !== null) found.push(incoming);
	expect(found).toHaveLength(1);
	expect(found[0]).toMatchObject({
		source: 'grok',
		conversation: { title: 'Capital of France', importedFrom: 'grok', importedKey: 'c1', headId: 3 },
	});
});
