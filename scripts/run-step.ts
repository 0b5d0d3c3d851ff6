import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';

export const projectRoot = join(import.meta.dirname, '..');

/** The environment in which the project's own tools, and its own Node, come first. */
export const toolEnvironment: NodeJS.ProcessEnv = {
	...process.env,
	PATH: [join(projectRoot, 'node_modules', '.bin'), process.env.PATH ?? ''].join(delimiter),
};

/** Runs one tool of node_modules/.bin with its output shown; the process ends with the tool's code if it fails. */
export function runStep(name: string, command: string, args: readonly string[]): void {
	const started = performance.now();
	process.stdout.write(`\n▸ ${name}: ${[command, ...args].join(' ')}\n`);
	const result = spawnSync(command, args, {
		cwd: projectRoot,
		env: toolEnvironment,
		stdio: 'inherit',
		shell: process.platform === 'win32',
	});
	const seconds = ((performance.now() - started) / 1000).toFixed(1);
	if (result.status === 0) {
		process.stdout.write(`▸ ${name}: passed in ${seconds} s\n`);
		return;
	}
	const cause = result.error?.message ?? (result.signal ? `ended by ${result.signal}` : `exit code ${result.status}`);
	process.stderr.write(`▸ ${name}: failed after ${seconds} s (${cause})\n`);
	process.exit(result.status ?? 1);
}
