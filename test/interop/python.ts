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
