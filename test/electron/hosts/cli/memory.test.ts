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
	const forgotten = await run('forget', String(edited.fact.id));
	expect(forgotten.ids).toHaveLength(2);
	expect(await run('list', '--trash')).toMatchObject({ inTrash: 2, facts: [{}, {}] });
	expect(await run('restore', ...forgotten.ids.map(String))).toMatchObject({ changed: 2 });
	expect(await run('forget', String(edited.fact.id), '--for-good', '--backups')).toMatchObject({ deleted: 2 });
	expect(await run('list', '--trash')).toMatchObject({ inTrash: 0, facts: [] });
	expect(await run('forget', 'milk')).toMatchObject({ code: 2 });
	expect(await run('add', 'x', '--folder', 'None')).toMatchObject({ code: 1, error: { code: 'folder-unknown' } });
	const plain = await runCli(['memory', 'list', '--data', data]);
	expect(plain.stdout).toContain('assay memory add');
}, 60_000);
