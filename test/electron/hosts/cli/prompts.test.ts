import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { textOption } from '../../../../electron/hosts/cli/text-option.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { makeFolders } from './folders.ts';
import { documentOf, runCli } from './run-cli.ts';

/** Each command is a separate process: on a busy machine some take seconds. */
const timeout = 150_000;

function session() {
	const { data } = makeFolders();
	return {
		text: (...args: string[]) => runCli(['prompts', ...args, '--data', data]),
		json: (...args: string[]) => runCli(['prompts', ...args, '--json', '--data', data]),
		piped: (input: string, ...args: string[]) => runCli(['prompts', ...args, '--json', '--data', data], { input }),
	};
}

describe('assay prompts', () => {
	test(
		'creates a prompt, adds a version and shows the changes; an identical text adds no version',
		async () => {
			const { text, json, piped } = session();
			const made = await piped(
				'Capital of {{country}}?\n',
				'add',
				'Capital',
				'--template-file',
				'-',
				'--note',
				'first',
			);
			expect(documentOf(made)).toMatchObject({
				prompts: [{ name: 'Capital', latest: { number: 1, note: 'first', template: 'Capital of {{country}}?' } }],
			});
			const changed = await text('change', 'capital', '--system', 'One word.', '--note', 'shorter');
			expect(changed.stdout).toContain('Capital now has version 2; it uses {{country}}');
			expect(documentOf(await json('change', 'Capital', '--system', 'One word.'))).toMatchObject({ changed: false });
			const shown = await text('show', 'Capital', '--diff', '1');
			expect(shown.stdout).toContain('version 2 against 1');
			expect(shown.stdout).toContain('--- system\n{+One word.+}');
			expect(documentOf(await json('show', 'Capital', '--version-number', '1'))).toMatchObject({
				version: { number: 1, system: '', template: 'Capital of {{country}}?' },
			});
			const none = await text('show', 'Capital', '--version-number', '9');
			expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('Available: 2, 1') });
		},
		timeout,
	);

	test(
		'shows what a model would be asked, and exits with code 3 if something is missing',
		async () => {
			const { text, json } = session();
			const choices = await text(
				...['preview', 'Multiple choice', '--input', 'Which?', '--choice', 'red', '--choice', 'blue'],
				...['--technique', 'choice-likelihood'],
			);
			expect(choices.stdout).toContain('Which?\nA. red\nB. blue\nAnswer:\n--- rated continuation\n red');
			const missing = await json('preview', 'Answer from a passage', '--input', 'Who?');
			expect(missing.code).toBe(3);
			expect(documentOf(missing)).toMatchObject({ missing: ['context'], request: null });
			expect((await text('preview', 'Summarise', '--var', 'France')).code).toBe(2);
		},
		timeout,
	);

	test(
		'reports a missing or broken template, and a name that is taken or unknown',
		async () => {
			const { text, json } = session();
			expect(await text('add', 'X')).toMatchObject({ code: 2, stderr: expect.stringContaining('--template') });
			const broken = await json('add', 'X', '--template', '{{#if x}}');
			expect(broken.code).toBe(1);
			expect(documentOf(broken)).toMatchObject({ error: { code: 'template-invalid' } });
			const taken = await json('add', 'summarise', '--template', 'x');
			expect(documentOf(taken)).toMatchObject({ error: { code: 'prompt-name-taken' } });
			expect((await text('show', 'nothing')).stderr).toContain('Prompts: ');
		},
		timeout,
	);

	test(
		'moves to the trash and restores',
		async () => {
			const { text, json } = session();
			expect((await text('remove', 'summarise')).stdout).toContain('assay prompts restore "Summarise"');
			expect(documentOf(await json('list', '--trash'))).toMatchObject({ prompts: [{ name: 'Summarise' }] });
			expect((await text('restore', 'Summarise')).stdout).toContain('Restored Summarise');
			expect((await text('list')).stdout).toMatch(/Multiple choice +1 +included +\{\{input\}\}/);
		},
		timeout,
	);
});

test('a text comes from words or a UTF-8 file, and anything else is refused', async () => {
	const folder = temporaryFolder();
	const file = join(folder, 'prompt.txt');
	writeFileSync(file, 'Über {{input}}\r\nund mehr\n');
	expect(await textOption(process.stdin, 'template', undefined, file)).toBe('Über {{input}}\nund mehr');
	expect(await textOption(process.stdin, 'template', 'words', undefined)).toBe('words');
	expect(await textOption(process.stdin, 'template', undefined, undefined)).toBeUndefined();
	await expect(textOption(process.stdin, 'template', 'words', file)).rejects.toThrow('not both');
	writeFileSync(join(folder, 'latin'), new Uint8Array([0xff, 0xfe, 0x41]));
	const pipe = join(folder, 'pipe');
	if (process.platform !== 'win32') execFileSync('mkfifo', [pipe]);
	for (const path of [join(folder, 'latin'), '/dev/zero', folder, join(folder, 'absent'), pipe]) {
		await expect(textOption(process.stdin, 'template', undefined, path)).rejects.toMatchObject({
			code: 'prompt-file-unreadable',
		});
	}
});
