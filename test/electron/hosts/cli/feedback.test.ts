import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FeedbackItem, FeedbackSummary } from '../../../../electron/contract/feedback/schema.ts';
import { dayStart } from '../../../../electron/hosts/cli/date-option.ts';
import { makeFolders, paris } from './folders.ts';
import { documentOf, runCli } from './run-cli.ts';

async function withOneAnswer() {
	const folders = makeFolders();
	const args = ['chat', 'What is the capital of France?', '--model', folders.model, '--system', 'Be brief.'];
	await runCli([...args, '--data', folders.data], { script: paris });
	const run = (...more: string[]) => runCli(['feedback', ...more, '--data', folders.data]);
	return { ...folders, run };
}

describe('assay feedback', () => {
	test('adds feedback, lists it with filters, and counts it', async () => {
		const { run } = await withOneAnswer();
		expect(await run('list')).toMatchObject({ code: 0, stdout: 'No feedback yet\n' });
		expect(await run('add', '2', '--rating', 'down', '--tags', 'wrong-fact, odd', '--comment', 'no')).toMatchObject({
			code: 0,
		});
		await run('add', '2', '--correction', 'It is Paris.');
		const listed = documentOf(await run('list', '--tag', 'odd', '--prompt', 'CAPITAL', '--json')) as {
			feedback: FeedbackItem[];
		} & FeedbackSummary;
		expect(listed.feedback).toMatchObject([
			{ messageId: 2, rating: 'down', tags: ['odd', 'wrong-fact'], comment: 'no', correction: 'It is Paris.' },
		]);
		expect(listed.totals).toEqual({ any: 1, up: 0, down: 1, corrected: 1, suggested: 0 });
		const { stdout } = await run('list', '--model', 'TINY');
		expect(stdout).toMatch(/2 .+ down, odd, wrong-fact, corrected +What is the capital of France\?/);
		expect(stdout).toMatch(/tiny .+ 0 +1 +1 +0 % \(0 % to 79 %\)/);
		expect(await run('list', '--until', '2020-01-31')).toMatchObject({ code: 0, stdout: 'No matching feedback\n' });
		expect(await run('list', '--since', '31.1.2020')).toMatchObject({ code: 2 });
	});

	test('shows earlier feedback', async () => {
		const { run } = await withOneAnswer();
		await run('add', '2', '--rating', 'up');
		await run('add', '2', '--rating', 'none');
		const { stdout } = await run('history', '2');
		expect(stdout).toMatch(/rating cleared\n.+ up +until /);
	});

	test('exports training data to the terminal, or to a file that exists either whole or not at all', async () => {
		const { run, folder } = await withOneAnswer();
		await run('add', '2', '--correction', 'Paris.');
		const prompt = [
			{ role: 'system', content: 'Be brief.' },
			{ role: 'user', content: 'What is the capital of France?' },
		];
		const { stdout } = await run('export', '--format', 'sft');
		expect(JSON.parse(stdout)).toEqual({ messages: [...prompt, { role: 'assistant', content: 'Paris.' }] });
		const file = join(folder, 'pairs.jsonl');
		const end = await run('export', '--format', 'preference', '--output', file, '--json');
		expect(documentOf(end)).toEqual({ format: 'preference', path: file, lines: 1, leftOut: 0 });
		expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
			prompt,
			chosen: [{ role: 'assistant', content: 'Paris.' }],
			rejected: [{ role: 'assistant', content: 'The capital of France is Paris.' }],
		});
		const failed = await run('export', '--output', join(folder, 'no', 'such', 'folder.jsonl'));
		expect([failed.code, failed.stderr]).toEqual([1, expect.stringContaining('Couldn’t write')]);
		expect(existsSync(`${file}.unfinished`)).toBe(false);
	});
});

test('rejects a day that does not exist', () => {
	expect(dayStart('2026-11-24')).toBe(new Date(2026, 10, 24).getTime());
	for (const text of ['2026-02-30', '2026-13-01', '26-1-1', 'today']) expect(() => dayStart(text)).toThrow();
});
