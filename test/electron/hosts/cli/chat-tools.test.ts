import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Script } from '../../../../models/worker/engine-script.ts';
import { makeFolders } from './folders.ts';
import { cliEntry, documentOf, runCli } from './run-cli.ts';

const calls: Script = {
	answers: [
		{ when: '42', steps: [{ type: 'text', text: '{"answer": "It is 42."}' }] },
		{ when: 'refused', steps: [{ type: 'text', text: '{"answer": "Then I guess."}' }] },
		{ steps: [{ type: 'text', text: '{"tool": "calculator", "arguments": {"expression": "6 * 7"}}' }] },
	],
};

/** A data folder in which the calculator is on. */
async function withCalculator() {
	const folders = makeFolders();
	await runCli(['models', 'list', '--data', folders.data]);
	const database = new Database(join(folders.data, 'assay.db'));
	database.prepare(`UPDATE tools SET is_on = 1 WHERE name = 'calculator'`).run();
	database.close();
	const base = ['chat', 'What is six times seven?', '--model', folders.model, '--data', folders.data];
	return { ...folders, base };
}

const step = { round: 1, server: null, name: 'calculator', arguments: { expression: '6 * 7' } };

describe('assay chat --tools', () => {
	test('calls what is allowed, and --json carries the steps', async () => {
		const { base } = await withCalculator();
		const args = [...base, '--tools', 'calculator', '--allow-tools', 'calc*', '--json'];
		for (const more of [[], ['--no-save']]) {
			const end = await runCli([...args, ...more], { script: calls });
			expect(end).toMatchObject({ code: 0, stderr: '' });
			expect(documentOf(end)).toMatchObject({
				text: 'It is 42.',
				steps: [{ ...step, status: 'done', result: '42', durationMs: expect.any(Number) }],
			});
		}
	});

	test('refuses without permission where nobody can be asked, and says how to allow it', async () => {
		const { base } = await withCalculator();
		const end = await runCli([...base, '--tools', 'calculator', '--json'], { script: calls });
		expect(end.code).toBe(0);
		expect(end.stderr).toContain('the call of calculator was refused; to allow it: --allow-tools calculator');
		expect(documentOf(end)).toMatchObject({ text: 'Then I guess.', steps: [{ ...step, status: 'refused' }] });
	});

	test('offers nothing that is not named', async () => {
		const { base } = await withCalculator();
		const end = await runCli(base, { script: calls });
		expect(end).toMatchObject({ code: 0, stdout: '{"tool": "calculator", "arguments": {"expression": "6 * 7"}}\n' });
	});

	test.for([
		['read_file', 1, 'is off.\n  - Switch it on: assay tools allow read_file'],
		['nothing', 2, 'there is no tool nothing'],
	] as const)('names what is wrong with %s', async ([name, code, words]) => {
		const { base } = await withCalculator();
		const end = await runCli([...base, '--tools', name], { script: calls });
		expect(end.code).toBe(code);
		expect(end.stderr).toContain(words);
	});

	test('asks at a terminal, and shows the whole call', async ({ skip }) => {
		skip(spawnSync('script', ['--version']).status !== 0, 'SKIPPED: there is no script(1) here to make a terminal');
		const { base } = await withCalculator();
		const command = [process.execPath, cliEntry, ...base, '--tools', 'calculator'].map((word) => `'${word}'`).join(' ');
		const child = spawn('script', ['--quiet', '--flush', '--return', '--command', command, '/dev/null'], {
			env: { ...process.env, TERM: 'xterm', NO_COLOR: '1', ASSAY_ENGINE_SCRIPT: JSON.stringify(calls) },
		});
		onTestFinished(() => void child.kill('SIGKILL'));
		let shown = '';
		child.stdout.setEncoding('utf8').on('data', (text: string) => {
			shown += text;
		});
		await expect.poll(() => shown, { timeout: 15_000 }).toContain('Allow this call?');
		expect(shown).toContain('calculator {"expression": "6 * 7"}');
		child.stdin.write('y\r');
		expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
		expect(shown).toContain('It is 42.');
	});
});
