import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';

export const projectRoot = join(import.meta.dirname, '..');

/** Environment that puts the project's own tools and its own Node first on the PATH. */
export const toolEnvironment: NodeJS.ProcessEnv = {
	...process.env,
	PATH: [join(projectRoot, 'node_modules', '.bin'), process.env.PATH ?? ''].join(delimiter),
};

/** Runs one tool from node_modules/.bin and shows its output; if it fails, exits with the tool's code. */
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
