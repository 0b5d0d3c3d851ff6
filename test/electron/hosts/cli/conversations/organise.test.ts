import { describe, expect, test } from 'vitest';
import { createApplication } from '../../../../../electron/application/application.ts';
import { scriptedApplicationModels } from '../../../../support/scripted-models.ts';
import { makeFolders } from '../folders.ts';
import { documentOf, runCli } from '../run-cli.ts';

/** Creates conversations with these titles, numbered from 1, without the command line: each command takes a process. */
async function withConversations(...titles: string[]) {
	const { data } = makeFolders();
	const application = await createApplication({
		dataFolder: data,
		host: 'cli',
		version: '0.0.0',
		log: () => {},
		models: scriptedApplicationModels(),
	});
	for (const text of titles) {
		const { generationId } = await application.client.conversations.send({ conversationId: null, text });
		for await (const update of await application.client.generations.subscribe({ id: generationId })) {
			if (update.type === 'end') break;
		}
	}
	await application.close();
	const run = (...args: string[]) => runCli(['conversations', ...args, '--data', data]);
	const listed = async (...args: string[]): Promise<string[]> => {
		const { conversations } = documentOf(await run('list', '--json', ...args)) as {
			conversations: { title: string }[];
		};
		return conversations.map(({ title }) => title);
	};
	return { run, listed };
}

describe('assay conversations', () => {
	test('pin, move, tag and archive put conversations where list finds them', { timeout: 120_000 }, async () => {
		const { run, listed } = await withConversations('First', 'Second', 'Third');
		expect((await run('pin', '1', '3')).stdout).toBe('2 conversations pinned\n');
		expect((await run('unpin', '2', '3', '99')).stdout).toBe('1 conversation unpinned; 2 were not changed\n');
		expect((await run('move', '1', '3', '--folder', 'My thesis')).stdout).toBe('2 conversations moved to My thesis\n');
		expect((await run('move', '3', '--folder', 'MY THESIS')).stdout).toMatch(/^0 conversations/);
		expect((await run('tag', '1', '2', '--add', 'work, later')).stdout).toBe('2 conversations tagged\n');
		await run('archive', '2');
		expect(await listed('--pinned')).toEqual(['First']);
		expect(await listed('--folder', 'my thesis')).toEqual(['Third', 'First']);
		expect(await listed('--tag', 'Work')).toEqual(['Second', 'First']);
		expect(await listed('--archived')).toEqual(['Second']);
		expect((await run('list')).stdout).toMatch(/Third +in My thesis\n.*First +pinned, in My thesis, #later, #work\n$/);
		expect((await run('folders')).stdout).toMatch(/^NAME +CONVERSATIONS\nMy thesis +2\n$/);
	});

	test('delete moves to the trash, restore brings back, empty-trash requires --yes', { timeout: 120_000 }, async () => {
		const { run, listed } = await withConversations('First', 'Second', 'Third');
		expect((await run('delete', '1', '2')).stdout).toBe('2 conversations moved to the trash\n');
		expect(await listed('--trash')).toEqual(['Second', 'First']);
		expect((await run('restore', '1')).stdout).toBe('1 conversation restored\n');
		expect((await run('empty-trash')).stdout).toBe(
			'1 conversation with 2 messages would be deleted for good.\nNothing was deleted. To delete, add --yes.\n',
		);
		expect(documentOf(await run('empty-trash', '--yes', '--json'))).toEqual({
			deleted: true,
			conversations: 1,
			messages: 2,
			backupsRemoved: 0,
		});
		expect((await run('list', '--trash')).stdout).toBe('The trash is empty\n');
		expect(await listed()).toEqual(['Third', 'First']);
		await run('archive', '1', '3');
		expect((await run('list')).stdout).toContain('See them: assay conversations list --archived');
		await run('delete', '1', '3');
		expect((await run('list')).stdout).toBe(
			'All conversations are in the trash. See them: assay conversations list --trash\n',
		);
	});

	test.each([
		['two places at once', ['list', '--pinned', '--archived'], 2, 'wrong-usage'],
		['an unknown folder', ['list', '--folder', 'Nowhere'], 1, 'folder-unknown'],
		['an unknown tag', ['list', '--tag', 'nothing'], 1, 'tag-unknown'],
		['move without a target', ['move', '1'], 2, 'wrong-usage'],
		['tag without tags', ['tag', '1'], 2, 'wrong-usage'],
		['a word instead of a number', ['pin', 'first'], 2, 'wrong-usage'],
		['a search for nothing', ['search', ' '], 2, 'wrong-usage'],
	])('%s says what to write instead', async (_what, args, code, failure) => {
		const { data } = makeFolders();
		const end = await runCli(['conversations', ...args, '--json', '--data', data]);
		expect(end.code).toBe(code);
		expect(documentOf(end)).toMatchObject({
			error: { code: failure, next: expect.arrayContaining([expect.any(String)]) },
		});
	});
});
