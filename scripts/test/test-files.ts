import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { projectRoot, toolEnvironment } from '../run-step.ts';
import { affectedTests } from './affected-tests.ts';

export const usualProjects = ['unit', 'model', 'e2e'] as const;
export type Project = (typeof usualProjects)[number] | 'soak' | 'interop';

/** Returns the project of vitest.config.ts that runs a test file. */
export function projectOf(test: string): Project {
	const kind = /\.(model|e2e|soak|interop)\.test\.ts$/.exec(test)?.[1];
	return kind === 'model' || kind === 'e2e' || kind === 'soak' || kind === 'interop' ? kind : 'unit';
}

/** Lists every test file, from the project's root, with slashes. */
export function allTests(): string[] {
	return readdirSync(join(projectRoot, 'test'), { recursive: true, encoding: 'utf8' })
		.filter((path) => /\.test\.tsx?$/.test(path) && !path.includes('node_modules'))
		.map((path) => `test/${path.split(sep).join('/')}`)
		.sort();
}

/** Returns the tests touched by changes since a commit; null means by uncommitted changes. */
export function changedTests(since: string | null): string[] {
	const changed = [
		...lines('git', ['diff', '--name-only', since ?? 'HEAD']),
		...lines('git', ['ls-files', '--others', '--exclude-standard']),
	];
	if (changed.length === 0) return [];
	const listing = lines('vitest', [
		'list',
		'--filesOnly',
		'--json',
		since === null ? '--changed' : `--changed=${since}`,
	]);
	const importing = (JSON.parse(listing.join('\n') || '[]') as { file: string }[]).map(({ file }) =>
		relative(projectRoot, file).split(sep).join('/'),
	);
	const tests = allTests().filter((test) => !['soak', 'interop'].includes(projectOf(test)));
	return affectedTests({ changed, tests, importing, read: (test) => readFileSync(join(projectRoot, test), 'utf8') });
}

function lines(command: string, args: readonly string[]): string[] {
	const { stdout, stderr, status } = spawnSync(command, args, {
		cwd: projectRoot,
		env: toolEnvironment,
		encoding: 'utf8',
		shell: process.platform === 'win32',
		maxBuffer: 64 * 1024 * 1024,
	});
	if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stderr}`);
	return stdout.split('\n').filter((line) => line !== '');
}
