import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { expect, onTestFinished, test, vi } from 'vitest';
import { makeProgram } from '../../../../electron/hosts/cli/program.ts';
import { projectRoot } from '../../../../scripts/run-step.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { runCli } from './run-cli.ts';

const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8');

const inReadme = [...readme.matchAll(/^npm run --silent assay -- (.*)$/gm)].map(([, line = '']) => line);

/** Examples in the help of the command and of those below it. */
function examplesOf(command: Command): string[] {
	let help = '';
	command.configureOutput({
		writeOut(text) {
			help += text;
		},
	});
	command.outputHelp();
	const own = [...help.matchAll(/^ {2}\$ assay (.*)$/gm)].map(([, line = '']) => line);
	return [...own, ...command.commands.flatMap(examplesOf)];
}

/** The program's words of a command line as a shell splits it, without pipes and redirections. */
function wordsOf(line: string, home: string): string[] {
	const words: string[] = [];
	for (const [word, double, single] of line.matchAll(/"([^"]*)"|'([^']*)'|\S+/g)) {
		if (['|', '>', '<'].includes(word)) break;
		words.push(double ?? single ?? word.replace(/^~(?=\/)/, home));
	}
	return words;
}

const program = await makeProgram(
	[],
	async () => {},
	() => {},
);
const printed = [...new Set([...inReadme, ...examplesOf(program)])];

/** These reach the network, read the standard input or go on until they are stopped: only their words are checked. */
const notRun =
	/^(?:serve|mcp (?!--print-config)|chat(?: --overflow \w+)?$|models (?:pull|search|scan --apps)|documents fetch-model|doctor)|<|-$/;

test('every command that the README and the help print is understood', async () => {
	expect(printed.length).toBeGreaterThan(100);
	for (const line of printed) {
		const understood = vi.fn(async () => {});
		const fresh = await makeProgram(wordsOf(line, '/home/ada'), understood, () => {});
		await fresh.parseAsync(wordsOf(line, '/home/ada'), { from: 'user' });
		expect(understood, line).toHaveBeenCalledOnce();
	}
});

test('on an empty home a printed command works, or says what is missing', { timeout: 240_000 }, async () => {
	const home = temporaryFolder();
	const work = join(home, 'work');
	mkdirSync(work, { recursive: true });
	const before = process.cwd();
	process.chdir(work);
	onTestFinished(() => process.chdir(before));
	vi.stubEnv('HOME', home).stubEnv('ASSAY_DATA', join(home, 'data'));
	writeFileSync(join(work, 'sums.yaml'), /```yaml\n([\s\S]*?)```/.exec(readme)?.[1] ?? '');
	for (const line of printed.filter((each) => !notRun.test(each))) {
		const { code, stderr } = await runCli(wordsOf(line, home));
		const said = `${line}\n${stderr}`;
		// A schema that is named on the command line and missing is wrong usage.
		expect(said.includes('--json-answer') ? [0, 1, 2] : [0, 1], said).toContain(code);
		if (code !== 0) expect(stderr, said).toMatch(/^assay: .+\n {2}- ./m);
		expect(said).not.toMatch(/defect/);
	}
	expect(existsSync(join(home, 'data'))).toBe(true);
});
