import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeFolders, paris } from '../folders.ts';
import { documentOf, runCli } from '../run-cli.ts';

async function withOneConversation() {
	const folders = makeFolders();
	const args = ['chat', 'What is the capital of France?', '--model', folders.model, '--system', 'Be brief.'];
	await runCli([...args, '--data', folders.data], { script: paris });
	const run = (...more: string[]) => runCli(['conversations', ...more, '--data', folders.data]);
	return { ...folders, run };
}

describe('assay conversations', () => {
	test('list shows conversations newest first, for people and programs', async () => {
		const { data, run } = await withOneConversation();
		await runCli(['chat', 'Second', '--data', data], { script: paris });
		const listed = documentOf(await run('list', '--json')) as { conversations: { id: number; title: string }[] };
		expect(listed.conversations.map(({ id }) => id)).toEqual([2, 1]);
		const text = await run('list');
		expect(text.stdout).toMatch(
			/^ID {2}CHANGED +TITLE +WHERE\n 2 {2}.+Second\n 1 {2}.+What is the capital of France\?\n$/,
		);
		const limited = documentOf(await run('list', '--json', '--limit', '1')) as typeof listed;
		expect(limited.conversations).toHaveLength(1);
	});

	test('list tells users of an empty library how to begin', async () => {
		const { data } = makeFolders();
		const end = await runCli(['conversations', 'list', '--data', data]);
		expect(end).toMatchObject({ code: 0, stdout: expect.stringContaining('assay chat') });
	});

	test('show prints the messages with their authors', async () => {
		const { run } = await withOneConversation();
		const { stdout } = await run('show', '1');
		expect(stdout).toMatch(
			/system:\nBe brief\.\n\nuser, .+:\nWhat is the capital of France\?\n\nassistant, .+, tiny:\n/,
		);
	});

	test('search finds messages by their words', async () => {
		const { run } = await withOneConversation();
		const found = documentOf(await run('search', 'Paris', '--json'));
		expect(found).toEqual({
			conversations: [
				{
					id: 1,
					messageId: 2,
					writtenBy: 'assistant',
					archived: false,
					title: 'What is the capital of France?',
					snippet: 'The capital of France is Paris.',
					at: expect.any(Number),
				},
			],
			facts: [],
		});
		expect(await run('search', 'nowhere')).toMatchObject({ code: 0, stdout: 'No results for "nowhere"\n' });
	});

	test('search takes filters as options or among the words, and reports invalid ones', async () => {
		const { run } = await withOneConversation();
		const ids = async (...args: string[]) => {
			const { conversations } = documentOf(await run('search', ...args, '--json')) as {
				conversations: { messageId: number | null }[];
			};
			return conversations.map(({ messageId }) => messageId);
		};
		expect(await ids('France')).toEqual([null, 2, 1]);
		expect(await ids('France', '--from', 'me')).toEqual([1]);
		expect(await ids('France from:model after:today')).toEqual([2]);
		expect(await ids('--model', 'tiny')).toEqual([2]);
		expect(await ids('capital', 'is Paris')).toEqual([2]);
		expect(await ids('France', '--before', 'yesterday')).toEqual([]);
		expect(await ids('France', '--archived')).toEqual([]);
		expect(documentOf(await run('search', 'France', '--tag', 'nope', '--json'))).toEqual({
			conversations: [],
			facts: [],
			problems: ['There is no tag called “nope”.'],
		});
		expect(await run('search', 'France', '--after', 'last week')).toMatchObject({ code: 2 });
	});

	test('an exported JSON file can be imported again, from a file or a pipe', async () => {
		const { run, folder } = await withOneConversation();
		const exported = await run('export', '1', '--format', 'json');
		expect(exported.code).toBe(0);
		const elsewhere = join(folder, 'elsewhere');
		const file = join(folder, 'export.json');
		writeFileSync(file, exported.stdout);
		const imported = await runCli(['conversations', 'import', file, '--json', '--data', elsewhere]);
		expect(documentOf(imported)).toMatchObject({
			conversations: [{ id: 1, title: 'What is the capital of France?', messages: 2, outcome: 'new' }],
			imported: 1,
			skipped: [],
		});
		const again = await runCli(['conversations', 'export', '1', '--format', 'json', '--data', elsewhere]);
		expect(JSON.parse(again.stdout)).toEqual(JSON.parse(exported.stdout));
		const third = join(folder, 'third');
		const piped = await runCli(['conversations', 'import', '-', '--data', third], { input: exported.stdout });
		expect(piped.stdout).toMatch(/^Imported 1 conversation with 2 messages\n/);
		const twice = await runCli(['conversations', 'import', file, '--data', third]);
		expect(twice).toMatchObject({
			code: 0,
			stdout: 'Imported 0 conversations with 0 messages, 1 was already imported\n',
		});
	});

	test('an import in which nothing can be read exits with 1, also as a preview', async () => {
		const { folder, data } = makeFolders();
		const file = join(folder, 'prod-grok-backend.json');
		writeFileSync(file, JSON.stringify({ conversations: [{ conversation: { id: 'c' }, responses: [] }] }));
		for (const more of [['--preview'], []]) {
			const end = await runCli(['conversations', 'import', file, ...more, '--data', data]);
			expect(end).toMatchObject({ code: 1, stdout: expect.stringContaining('it has no text') });
		}
	});

	test('export writes Markdown by default', async () => {
		const { run } = await withOneConversation();
		expect((await run('export', '1')).stdout).toMatch(/^# What is the capital of France\?\n/);
		expect(documentOf(await run('export', '1', '--json'))).toMatchObject({
			format: 'markdown',
			fileName: expect.stringMatching(/\.md$/),
		});
	});

	test('a preview shows what would be imported and changes nothing', async () => {
		const { run, folder } = await withOneConversation();
		const file = join(folder, 'export.json');
		writeFileSync(file, (await run('export', '1', '--format', 'json')).stdout);
		const elsewhere = join(folder, 'elsewhere');
		const looked = await runCli(['conversations', 'import', file, '--preview', '--json', '--data', elsewhere]);
		expect(documentOf(looked)).toMatchObject({ preview: true, imported: 1, conversations: [{ id: null }] });
		expect((await runCli(['conversations', 'list', '--data', elsewhere])).stdout).toContain('No conversations yet');
	});

	test('several are exported to a file, as a zip archive or one document, without overwriting', async () => {
		const { run, folder, data } = await withOneConversation();
		await runCli(['chat', 'Second', '--data', data], { script: paris });
		const zip = join(folder, 'all.zip');
		const wrote = documentOf(await run('export', '--all', '--format', 'html', '--output', zip, '--json'));
		expect(wrote).toMatchObject({ conversations: 2, path: zip });
		expect(readFileSync(zip).subarray(0, 2).toString()).toBe('PK');
		const again = await run('export', '1', '2', '--output', zip, '--json');
		expect(documentOf(again)).toMatchObject({ error: { code: 'file-exists' } });
		const both = JSON.parse((await run('export', '1', '2', '--format', 'json')).stdout) as { conversations: unknown[] };
		expect(both.conversations).toHaveLength(2);
		expect(existsSync(join(data, 'exchange'))).toBe(false);
		expect((await run('export')).code).toBe(2);
	});

	test.each([
		['show of an unknown number', ['show', '99'], 'conversation-unknown'],
		['export of an unknown number', ['export', '99'], 'conversation-unknown'],
		['import of a missing file', ['import', '/nowhere/file.json'], 'file-unreadable'],
	])('%s fails with code 1 and the next step', async (_what, args, code) => {
		const { data } = makeFolders();
		const end = await runCli(['conversations', ...args, '--json', '--data', data]);
		expect(end.code).toBe(1);
		expect(documentOf(end)).toMatchObject({ error: { code, next: [expect.any(String)] } });
	});
});
