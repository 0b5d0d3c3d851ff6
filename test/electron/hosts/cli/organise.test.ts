import { describe, expect, test } from 'vitest';
import { makeFolders, paris } from './folders.ts';
import { documentOf, runCli } from './run-cli.ts';

async function withConversations(...prompts: string[]) {
	const folders = makeFolders();
	const at = ['--data', folders.data];
	for (const prompt of prompts) await runCli(['chat', prompt, '--model', folders.model, ...at], { script: paris });
	const run = (...args: string[]) => runCli(['conversations', ...args, ...at]);
	const titles = async (...args: string[]): Promise<string[]> => {
		const { conversations } = documentOf(await run('list', '--json', ...args)) as {
			conversations: { title: string }[];
		};
		return conversations.map(({ title }) => title);
	};
	return { run, titles };
}

describe('assay conversations', () => {
	test('pin, move, tag and archive put conversations where list finds them', async () => {
		const { run, titles } = await withConversations('First', 'Second', 'Third');
		expect((await run('pin', '1', '2')).stdout).toBe('2 conversations pinned\n');
		expect((await run('unpin', '2', '3', '99')).stdout).toBe(
			'1 conversation unpinned; 2 were so already or not there\n',
		);
		expect((await run('move', '1', '3', '--folder', 'My thesis')).stdout).toBe('2 conversations moved to My thesis\n');
		expect((await run('move', '3', '--folder', 'MY THESIS')).stdout).toMatch(/^0 conversations/);
		expect((await run('tag', '1', '2', '--add', 'work, later')).stdout).toBe('2 conversations tagged\n');
		await run('tag', '2', '--remove', 'later');
		await run('archive', '2');
		expect(await titles('--pinned')).toEqual(['First']);
		expect(await titles('--folder', 'my thesis')).toEqual(['Third', 'First']);
		expect(await titles('--tag', 'Work')).toEqual(['Second', 'First']);
		expect(await titles('--archived')).toEqual(['Second']);
		expect(await titles()).toEqual(['Third', 'First']);
		expect((await run('list')).stdout).toMatch(/First +pinned, in My thesis, #later, #work\n/);
		expect((await run('folders')).stdout).toMatch(/^NAME +CONVERSATIONS\nMy thesis +2\n$/);
		expect(documentOf(await run('tags', '--json'))).toMatchObject({
			tags: [
				{ name: 'later', conversations: 1 },
				{ name: 'work', conversations: 2 },
			],
		});
		await run('move', '3', '--out');
		await run('unarchive', '2');
		expect(await titles('--folder', 'My thesis')).toEqual(['First']);
		expect(await titles()).toEqual(['Third', 'Second', 'First']);
	});

	test('delete goes to the trash, restore brings back, empty-trash asks for --yes and then deletes', async () => {
		const { run, titles } = await withConversations('First', 'Second', 'Third');
		expect((await run('delete', '1', '2')).stdout).toBe('2 conversations moved to the trash\n');
		expect(await titles('--trash')).toEqual(['Second', 'First']);
		expect((await run('restore', '1')).stdout).toBe('1 conversation restored\n');
		expect((await run('empty-trash')).stdout).toBe(
			'1 conversation with 2 messages would be deleted for good.\nNothing was deleted: add --yes to do it.\n',
		);
		expect(await titles('--trash')).toEqual(['Second']);
		expect(documentOf(await run('empty-trash', '--yes', '--json'))).toEqual({
			deleted: true,
			conversations: 1,
			messages: 2,
			backupsRemoved: 0,
		});
		expect(await titles('--trash')).toEqual([]);
		expect((await run('list', '--trash')).stdout).toBe('The trash is empty\n');
		expect(await titles()).toEqual(['Third', 'First']);
	});

	test.each([
		['two places at once', ['list', '--pinned', '--archived'], 2, 'wrong-usage'],
		['a folder that is not there', ['list', '--folder', 'Nowhere'], 1, 'folder-unknown'],
		['a tag that is not there', ['list', '--tag', 'nothing'], 1, 'tag-unknown'],
		['move without a place', ['move', '1'], 2, 'wrong-usage'],
		['tag without tags', ['tag', '1'], 2, 'wrong-usage'],
		['no number', ['pin', 'first'], 2, 'wrong-usage'],
	])('%s says what to write instead', async (_what, args, code, failure) => {
		const { data } = makeFolders();
		const end = await runCli(['conversations', ...args, '--json', '--data', data]);
		expect(end.code).toBe(code);
		expect(documentOf(end)).toMatchObject({ error: { code: failure, next: [expect.any(String), ...[]] } });
	});
});
