import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { writeTinyGguf } from '../../../support/tiny-gguf.ts';
import { documentOf, runCli, startCli } from './run-cli.ts';

function makeFolder(): { data: string; model: string } {
	const folder = mkdtempSync(join(tmpdir(), 'assay-cli-'));
	onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
	const model = join(folder, 'tiny.gguf');
	writeTinyGguf(model);
	return { data: join(folder, 'data'), model };
}

const paris = { answers: [{ steps: [{ type: 'text' as const, text: 'The capital of France is Paris.' }] }] };
const slow = { answers: [{ steps: [{ type: 'text' as const, text: 'word '.repeat(5_000), tokenDelayMs: 20 }] }] };

describe('assay chat', () => {
	test('prints one document with --json: the answer, its numbers and how to repeat it', async () => {
		const { data, model } = makeFolder();
		const args = ['chat', 'What is the capital of France?', '--model', model, '--seed', '7', '--temperature', '0'];
		const end = await runCli([...args, '--json', '--data', data], { script: paris });
		expect(end).toMatchObject({ code: 0, stderr: '' });
		expect(documentOf(end)).toEqual({
			conversationId: expect.any(Number),
			messageId: expect.any(Number),
			text: 'The capital of France is Paris.',
			reasoning: null,
			stopReason: 'end',
			usage: { promptTokens: expect.any(Number), cachedTokens: 0, completionTokens: 6 },
			timing: {
				ttftMs: expect.any(Number),
				promptTokensPerSecond: expect.anything(),
				tokensPerSecond: expect.any(Number),
				totalMs: expect.any(Number),
			},
			model: 'tiny',
			seed: 7,
		});
	});

	test('streams the answer to stdout as it comes, and nothing but it', async () => {
		const { data, model } = makeFolder();
		const chat = startCli(['chat', 'hi', '--model', model, '--data', data], { script: slow });
		await chat.says('word word');
		expect(chat.stdout()).toMatch(/^(word ?)+$/);
		expect(chat.stderr()).toBe('');
		chat.interrupt();
		await chat.end;
	});

	test('stops at Ctrl+C, keeps what there was of the answer and exits 130', async () => {
		const { data, model } = makeFolder();
		const chat = startCli(['chat', 'hi', '--model', model, '--data', data], { script: slow });
		await chat.says('word word word');
		chat.interrupt();
		expect((await chat.end).code).toBe(130);
		const shown = await runCli(['conversations', 'show', '1', '--json', '--data', data]);
		const { messages } = documentOf(shown) as { messages: { role: string; status: string; content: string }[] };
		expect(messages.map(({ role, status }) => [role, status])).toEqual([
			['user', 'complete'],
			['assistant', 'stopped'],
		]);
		expect(messages[1]?.content).toMatch(/^word word word/);
	});
});
