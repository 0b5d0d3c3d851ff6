import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { runCli } from './run-cli.ts';

test('facts are added, edited, forgotten, restored and deleted for good', async () => {
	const data = join(temporaryFolder(), 'data');
	const run = async (...args: string[]) => {
		const end = await runCli(['memory', ...args, '--json', '--data', data]);
		return { code: end.code, ...(JSON.parse(end.stdout) as Record<string, never>) } as {
			code: number;
			fact: { id: number; text: string };
			facts: { id: number; text: string; state: string; expiresAt: number | null }[];
			ids: number[];
			deleted: number;
			inTrash: number;
			error: { code: string };
		};
	};
	const { fact } = await run('add', 'I', 'take', 'no', 'sugar');
	expect(fact).toMatchObject({ text: 'I take no sugar', state: 'accepted', origin: 'person' });
	expect((await run('add', 'i take no sugar')).error.code).toBe('fact-known');
	const edited = await run('edit', String(fact.id), 'I take no milk', '--expires', '2090-01-31');
	expect(edited.fact).toMatchObject({ supersedes: { id: fact.id, text: 'I take no sugar' } });
	expect((await run('edit', String(fact.id), 'again')).error.code).toBe('fact-not-current');
	expect((await run('list')).facts.map(({ text, state }) => `${text}: ${state}`).toSorted()).toEqual([
		'I take no milk: accepted',
		'I take no sugar: superseded',
	]);
	const found = await runCli(['conversations', 'search', 'milk', 'take', '--json', '--data', data]);
	expect(JSON.parse(found.stdout)).toMatchObject({ conversations: [], facts: [{ id: edited.fact.id }] });
	const forgotten = await run('forget', String(edited.fact.id));
	expect(forgotten.ids).toHaveLength(2);
	expect(await run('list', '--trash')).toMatchObject({ inTrash: 2, facts: [{}, {}] });
	const elsewhere = await runCli(['memory', 'list', '--data', data]);
	expect(elsewhere.stdout).toBe('All facts are in the trash. See them: assay memory list --trash\n');
	expect(await run('restore', ...forgotten.ids.map(String))).toMatchObject({ changed: 2 });
	expect(await run('forget', String(edited.fact.id), '--for-good', '--backups')).toMatchObject({ deleted: 2 });
	expect(await run('list', '--trash')).toMatchObject({ inTrash: 0, facts: [] });
	expect(await run('forget', 'milk')).toMatchObject({ code: 2 });
	expect(await run('add', 'x', '--folder', 'None')).toMatchObject({ code: 1, error: { code: 'folder-unknown' } });
	const plain = await runCli(['memory', 'list', '--data', data]);
	expect(plain.stdout).toContain('assay memory add');
}, 60_000);

test.each<[what: string, args: readonly string[], code: number, cause: string]>([
	['a fact that is too long', ['add', 'a'.repeat(10_000)], 2, 'a fact has at most 1,000 characters, this text 10,000'],
	['no text', ['add', '   '], 2, 'no text given'],
	['nothing that can be seen', ['add', '\u200B\u202E'], 1, 'The fact has no text.'],
	['a day that is over', ['add', 'x', '--expires', '2020-01-31'], 2, 'Must be today or later.'],
	['an edit that changes nothing', ['edit', '1'], 2, 'nothing to change'],
	['an unknown fact to edit', ['edit', '999', 'x'], 1, 'There is no fact 999'],
	['a number that is none', ['forget', '1e3'], 2, '“1e3” is not the number of a fact'],
	['an unknown fact to forget', ['forget', '999'], 1, 'Fact 999 is not in use.'],
	['an unknown fact to restore', ['restore', '999'], 1, 'Fact 999 is not in the trash or dismissed.'],
	['unknown facts to accept', ['accept', '998', '999'], 1, 'None of the facts 998, 999 is a proposal.'],
])('%s: the message names it and what to do', async (_what, args, code, cause) => {
	const end = await runCli(['memory', ...args, '--data', join(temporaryFolder(), 'data')]);
	expect(end).toMatchObject({ code, stdout: '' });
	expect(end.stderr).toContain(cause);
	expect(end.stderr).toMatch(/\n {2}- .+/);
});

test('a list that is narrowed to nothing doesn’t say that nothing is remembered', async () => {
	const data = join(temporaryFolder(), 'data');
	await runCli(['memory', 'add', 'I take no sugar', '--data', data]);
	expect((await runCli(['memory', 'list', '--search', 'milk', '--data', data])).stdout).toContain('No fact matches.');
});
