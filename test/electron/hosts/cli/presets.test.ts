import { describe, expect, test } from 'vitest';
import { makeFolders, paris } from './folders.ts';
import { documentOf, runCli } from './run-cli.ts';

describe('assay presets', () => {
	test('creates a preset, lists it, answers with it and deletes it', async () => {
		const { data, model } = makeFolders();
		const at = ['--json', '--data', data];
		const made = await runCli([
			'presets',
			'add',
			'Careful',
			'--temperature',
			'0.2',
			'--max-tokens',
			'2',
			'--system',
			'Be sure.',
			...at,
		]);
		expect(documentOf(made)).toMatchObject({
			presets: [{ name: 'Careful', systemPrompt: 'Be sure.', sampling: { temperature: 0.2, maxTokens: 2 } }],
		});
		const listed = await runCli(['presets', 'list', '--data', data]);
		expect(listed.stdout).toMatch(/Careful +temperature 0.2, maxTokens 2 +Be sure\./);
		const chat = ['chat', 'hi', '--model', model, '--preset', 'careful'];
		const limited = await runCli([...chat, ...at], { script: paris });
		expect(documentOf(limited)).toMatchObject({ text: 'The capital', stopReason: 'max-tokens' });
		const shown = await runCli(['conversations', 'show', '1', ...at]);
		expect(documentOf(shown)).toMatchObject({ conversation: { systemPrompt: 'Be sure.' } });
		const own = await runCli([...chat, '--max-tokens', '3', '--no-save', ...at], { script: paris });
		expect(documentOf(own)).toMatchObject({ text: 'The capital of', conversationId: null });
		const removed = await runCli(['presets', 'remove', 'Careful', ...at]);
		expect(documentOf(removed)).toMatchObject({ conversations: 1 });
		expect(documentOf(await runCli(['presets', 'list', ...at]))).toEqual({ presets: [] });
	});

	test('reports an unknown preset and lists the existing ones', async () => {
		const { data, model } = makeFolders();
		await runCli(['presets', 'add', 'Careful', '--data', data]);
		const end = await runCli(['chat', 'hi', '--model', model, '--preset', 'bold', '--data', data], { script: paris });
		expect(end.code).toBe(1);
		expect(end.stderr).toContain('No preset is named "bold"');
		expect(end.stderr).toContain('Presets: Careful');
		const twice = await runCli(['presets', 'add', 'CAREFUL', '--data', data]);
		expect(twice).toMatchObject({ code: 1, stderr: expect.stringContaining('already') });
	});
});

test('assay conversations branch starts a new conversation as a copy up to a message', async () => {
	const { data, model } = makeFolders();
	await runCli(['chat', 'What is it?', '--model', model, '--data', data], { script: paris });
	const made = await runCli(['conversations', 'branch', '2', '--json', '--data', data]);
	expect(documentOf(made)).toMatchObject({ conversations: [{ id: 2, title: 'What is it? (2)' }] });
	const shown = await runCli(['conversations', 'show', '2', '--data', data]);
	expect(shown.stdout).toContain('The capital of France is Paris.');
	const unknown = await runCli(['conversations', 'branch', '99', '--data', data]);
	expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no message 99') });
});
