import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { projectRoot } from '../../scripts/run-step.ts';

/** Where scripts/interop.ts installs the clients that are written in Python. */
export const pythonFolder = join(projectRoot, '.cache', 'interop-python');

const program = join(pythonFolder, ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']));

/** Returns the Python that has the clients; skips the test, with the reason, where they are not installed. */
export function pythonPath({ skip }: Pick<TestContext, 'skip'>): string {
	if (!existsSync(program)) skip('SKIPPED: Python’s clients are not installed: npm run test:interop installs them');
	return program;
}

/** The same for clients that also need packages which npm run test:interop leaves out, because they are large. */
export function pythonWith(context: Pick<TestContext, 'skip'>, ...packages: readonly string[]): string {
	const python = pythonPath(context);
	try {
		execFileSync(python, ['-c', `import ${packages.join(', ')}`], { stdio: 'ignore' });
	} catch {
		context.skip(`SKIPPED: needs ${packages.join(', ')}: pip install them into .cache/interop-python`);
	}
	return python;
}
