import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeTinyGguf } from '../../../support/tiny-gguf.ts';
import { makeFolders, saying, slow } from './folders.ts';
import { documentOf, runCli, startCli } from './run-cli.ts';

const dark = { ...saying(' it was dark.'), chat: false };

describe('assay complete', () => {
	test('continues a text without a chat template, and saves nothing', async () => {
		const { data, model } = makeFolders();
		const args = ['complete', 'Night fell and', '--model', model, '--data', data];
		expect(await runCli(args, { script: dark })).toEqual({ code: 0, stdout: ' it was dark.\n', stderr: '' });
		const echoed = await runCli([...args, '--echo'], { script: dark });
		expect(echoed.stdout).toBe('Night fell and it was dark.\n');
		expect(documentOf(await runCli(['pages', 'list', '--json', '--data', data]))).toEqual({
			pages: [],
			total: 0,
			inTrash: 0,
		});
	});

	test('reads the text from standard input; --json prints one document', async () => {
		const { data, model } = makeFolders();
		const args = ['complete', '--model', model, '--seed', '7', '--stop', 'dark', '--json', '--data', data];
		const end = await runCli(args, { script: dark, input: 'Night fell and\n' });
		expect(end).toMatchObject({ code: 0, stderr: '' });
		expect(documentOf(end)).toEqual({
			text: ' it was ',
			stopReason: 'stop-string',
			usage: { promptTokens: 3, cachedTokens: 0, completionTokens: 3, leftOutTokens: 0 },
			timing: {
				ttftMs: expect.any(Number),
				tokensPerSecond: expect.anything(),
				totalMs: expect.any(Number),
			},
			model: 'tiny',
			engine: 'scripted',
			seed: 7,
		});
	});

	test('an interrupt stops it and keeps what was printed', async () => {
		const { data, model } = makeFolders();
		const running = startCli(['complete', 'A', '--model', model, '--max-tokens', '4000', '--data', data], {
			script: slow,
		});
		await running.says('word word');
		running.interrupt();
		expect((await running.end).code).toBe(130);
	});
});

test('assay pages: add, show, trash', { timeout: 60_000 }, async () => {
	const { data } = makeFolders();
	const pages = (...args: string[]) => runCli(['pages', ...args, '--data', data]);
	expect((await pages('add', '--text', 'Once upon a time')).stdout).toBe('Created page 1: Once upon a time\n');
	expect((await pages('show', 'once upon a time')).stdout).toBe('Once upon a time\n');
	expect((await pages('rename', '1', 'Story')).stdout).toBe('Renamed Story\n');
	expect((await pages('remove', 'Story')).stdout).toBe('Moved to the trash: Story\n');
	expect((await pages('list')).stdout).toBe('All pages are in the trash. See them: assay pages list --trash\n');
	expect((await pages('empty-trash')).stdout).toBe('1 page would be deleted: add --yes\n');
	expect((await pages('empty-trash', '--yes')).stdout).toBe('Deleted 1 page\n');
	expect(await pages('show', '1')).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no page “1”') });
});

test('assay models template: lists, chooses, shows and forgets', { timeout: 60_000 }, async () => {
	const { data, folder } = makeFolders();
	const path = writeTinyGguf(join(folder, 'base.gguf'), { chatTemplate: null });
	const models = (...args: string[]) => runCli(['models', ...args, '--data', data]);
	await models('add', path);
	expect((await models('template')).stdout).toMatch(/^ID +NAME +MODELS\nchatml/);
	expect((await models('template', 'base')).stdout).toContain('no chat template: a base model');
	const set = await models('template', 'base', '--use', 'plain');
	expect(set.stdout).toContain('User: What is the capital of France?\nAssistant:');
	expect((await models('template', 'base', '--use', 'nonsense')).stderr).toContain('Use one of these: chatml');
	const own = join(folder, 'own.jinja');
	writeFileSync(own, 'one\n{{ messages[0].lost.found }}');
	expect((await models('template', 'base', '--file', own)).stderr).toContain('The template fails on line 2');
	expect((await models('template', 'base')).stdout).toContain('the known chat template plain');
	expect((await models('template', 'base', '--reset')).stdout).toContain('no chat template');
	expect((await models('template', 'base', '--stop', 'x')).code).toBe(2);
});
