import { spawn, spawnSync } from 'node:child_process';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Script } from '../../../../models/worker/engine-script.ts';
import { makeFolders, slow } from './folders.ts';
import { cliEntry, documentOf, runCli } from './run-cli.ts';

/** util-linux's `script` gives a program its own terminal and types for it. */
const hasScript = spawnSync('script', ['--version']).status === 0;

function startAtTerminal(args: readonly string[], script: Script) {
	const command = [process.execPath, cliEntry, ...args].map((word) => `'${word}'`).join(' ');
	const child = spawn('script', ['--quiet', '--flush', '--return', '--command', command, '/dev/null'], {
		env: { ...process.env, TERM: 'xterm', NO_COLOR: '1', ASSAY_ENGINE_SCRIPT: JSON.stringify(script) },
	});
	onTestFinished(() => void child.kill('SIGKILL'));
	let shown = '';
	child.stdout.setEncoding('utf8').on('data', (text: string) => {
		shown += text;
	});
	return {
		type: (text: string) => void child.stdin.write(text),
		shows: (text: string) => expect.poll(() => shown, { timeout: 10_000 }).toContain(text),
		screen: () => shown,
		code: new Promise((resolve) => child.on('close', resolve)),
	};
}

describe('assay chat at a terminal', () => {
	test('runs a conversation until Ctrl+D, and the model sees the earlier messages', async ({ skip }) => {
		skip(!hasScript, 'SKIPPED: there is no script(1) here to make a terminal');
		const { data, model } = makeFolders();
		const terminal = startAtTerminal(['chat', '--model', model, '--data', data], {});
		await terminal.shows('> ');
		terminal.type('first\r');
		await terminal.shows('You said: first');
		await terminal.shows('3 tokens');
		terminal.type('second\r');
		await terminal.shows('You said: second');
		terminal.type('\u0004');
		expect(await terminal.code).toBe(0);
		expect(terminal.screen()).toContain('loading tiny');
		const shown = await runCli(['conversations', 'show', '1', '--json', '--data', data]);
		const { messages } = documentOf(shown) as { messages: { content: string; generation: { promptTokens: number } }[] };
		expect(messages.map(({ content }) => content)).toEqual(['first', 'You said: first', 'second', 'You said: second']);
		expect(messages[3]!.generation.promptTokens).toBeGreaterThan(messages[1]!.generation.promptTokens + 3);
	});

	test('stops the answer at Ctrl+C, keeps it and exits 130', async ({ skip }) => {
		skip(!hasScript, 'SKIPPED: there is no script(1) here to make a terminal');
		const { data, model } = makeFolders();
		const terminal = startAtTerminal(['chat', '--model', model, '--data', data], slow);
		await terminal.shows('> ');
		terminal.type('go on\r');
		await terminal.shows('word word');
		terminal.type('\u0003');
		expect(await terminal.code).toBe(130);
		const shown = await runCli(['conversations', 'show', '1', '--json', '--data', data]);
		expect(documentOf(shown)).toMatchObject({ messages: [{}, { status: 'stopped' }] });
	});

	test('prints text from a model as plain text: it cannot move the cursor or rename the terminal', async ({ skip }) => {
		skip(!hasScript, 'SKIPPED: there is no script(1) here to make a terminal');
		const { data, model } = makeFolders();
		const steps = [{ type: 'text' as const, text: 'before\u001B]0;owned\u0007\u001B[2Jafter' }];
		const args = ['chat', 'hi', '--no-save', '--model', model, '--data', data];
		const terminal = startAtTerminal(args, { answers: [{ steps }] });
		expect(await terminal.code).toBe(0);
		expect(terminal.screen()).toContain('before␛]0;owned␇␛[2Jafter');
	});
});
