import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pdfBytes } from '../../../support/pdf-bytes.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { makeFolders } from './folders.ts';
import { documentOf, runCli } from './run-cli.ts';

describe('assay chat --attach', () => {
	test('puts files before the prompt and keeps them with the message', async () => {
		const { data, model } = makeFolders();
		const folder = temporaryFolder();
		writeFileSync(join(folder, 'notes.md'), 'Bring a lamp.');
		writeFileSync(join(folder, 'page.pdf'), pdfBytes(['Low tide at four.']));
		const files = ['--attach', join(folder, 'notes.md'), '--attach', join(folder, 'page.pdf')];
		const args = ['chat', 'What to bring?', ...files, '--model', model, '--data', data];
		const end = await runCli([...args, '--json'], { script: {} });
		expect(documentOf(end)).toMatchObject({
			text: 'You said: notes.md:\n```md\nBring a lamp.\n```\n\npage.pdf:\n```pdf\nLow tide at four.\n```\n\nWhat to bring?',
		});
		const shown = await runCli(['conversations', 'show', '1', '--data', data]);
		expect(shown.stdout).toContain(
			'[attached: notes.md, 13 characters]\n[attached: page.pdf, 17 characters]\nWhat to bring?',
		);
		const unsaved = await runCli([...args, '--no-save'], { script: {} });
		expect(unsaved.stdout).toContain('Low tide at four.');
		const listed = documentOf(await runCli(['conversations', 'list', '--json', '--data', data]));
		expect(listed).toMatchObject({ conversations: [{ id: 1, title: 'What to bring?' }] });
	});

	test('fails before the model is asked if a file is missing or not text', async () => {
		const { data, model } = makeFolders();
		const folder = temporaryFolder();
		mkdirSync(join(folder, 'inner'));
		const chat = (file: string) =>
			runCli(['chat', 'x', '--attach', file, '--model', model, '--data', data], { script: {} });
		expect(await chat('nowhere.txt')).toMatchObject({
			code: 1,
			stdout: '',
			stderr: expect.stringContaining('nowhere.txt can’t be attached: it does not exist.'),
		});
		expect(await chat(join(folder, 'inner'))).toMatchObject({
			code: 1,
			stderr: expect.stringContaining('it is a folder'),
		});
		if (process.platform !== 'win32') {
			expect(await chat('/dev/zero')).toMatchObject({ code: 1, stderr: expect.stringContaining('a device or a pipe') });
		}
		expect(await chat(model)).toMatchObject({ code: 1, stderr: expect.stringContaining('is a language model') });
		const listed = documentOf(await runCli(['conversations', 'list', '--json', '--data', data]));
		expect(listed).toMatchObject({ conversations: [] });
	});
});
