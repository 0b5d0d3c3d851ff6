import { expect, test } from 'vitest';
import type { ActivityEntry, Usage } from '../../../../electron/contract/activity/schema.ts';
import { makeFolders, paris } from './folders.ts';
import { documentOf, runCli } from './run-cli.ts';

test('assay activity lists events and sums up usage', async () => {
	const folders = makeFolders();
	const run = (...more: string[]) => runCli(['activity', ...more, '--data', folders.data]);
	expect(await run('list')).toMatchObject({ code: 0, stdout: 'No activity yet\n' });
	const args = ['chat', 'What is the capital of France?', '--model', folders.model];
	await runCli([...args, '--data', folders.data], { script: paris });

	const listed = documentOf(await run('list', '--kind', 'answer', '--since', '1h', '--json'));
	const { total, entries } = listed as { total: number; entries: ActivityEntry[] };
	expect(total).toBe(1);
	expect(entries).toMatchObject([
		{ kind: 'answer', result: 'fine', subject: 'tiny F32', outcome: 'end', messageId: 2 },
	]);
	expect(entries[0]?.figures?.completionTokens).toBeGreaterThan(1);
	expect((await run('list')).stdout).toMatch(/answer +tiny .+ fine +end, \d+ tokens, first token after \d+ ms/);

	const usage = documentOf(await run('usage', '--days', '7', '--json')) as Usage;
	expect(usage.days).toHaveLength(7);
	expect(usage.models).toMatchObject([{ answers: 1, failed: 0, tokensPerSecond: { n: 1 } }]);
	expect((await run('usage')).stdout).toMatch(/tiny .+ 1 +0 +\d+ +\d+ /);

	expect((await run('list', '--kind', 'crashes')).code).toBe(2);

	const unsure = await run('clear');
	expect(unsure).toMatchObject({ code: 2, stderr: expect.stringContaining('add --yes') });
	// Nothing was deleted: this clears the earlier entries and those that the commands themselves added.
	const { cleared } = documentOf(await run('clear', '--yes', '--json')) as { cleared: number };
	expect(cleared).toBeGreaterThan(1);
	expect((await run('list')).stdout).toBe('No activity yet\n');
	expect((await run('usage')).stdout).toBe('No answers in the last 30 days\n');
	expect(await run('clear', '--yes')).toMatchObject({ code: 0, stdout: 'The log is already empty\n' });
});
