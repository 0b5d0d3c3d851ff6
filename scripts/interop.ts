/**
 * `npm run test:interop`: installs the clients of other programs, from lock files of their own in test/interop/, and runs
 * them as they are against `assay server start` with the starter model. Needs the network for the first installation;
 * clients in Python are skipped where there is no python3 with pip. Further arguments go to Vitest.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pythonFolder } from '../test/interop/python.ts';
import { projectRoot, runStep } from './run-step.ts';

for (const clients of ['clients', 'promptfoo']) {
	const folder = join('test', 'interop', clients);
	runStep(`clients of other programs, ${clients}`, 'npm', ['ci', '--ignore-scripts', '--no-audit', '--prefix', folder]);
}
const requirements = join(projectRoot, 'test', 'interop', 'python', 'requirements.txt');
const python = process.platform === 'win32' ? 'python' : 'python3';
const made = spawnSync(python, ['-m', 'venv', pythonFolder], { stdio: 'inherit' }).status === 0;
if (made) {
	const inside = join(pythonFolder, process.platform === 'win32' ? 'Scripts' : 'bin', 'python');
	runStep('clients in Python', inside, ['-m', 'pip', 'install', '--quiet', '--requirement', requirements]);
} else process.stdout.write('\n▸ clients in Python: SKIPPED, python3 -m venv fails here\n');
runStep('starter model for the tests', 'node', ['scripts/fetch-starter.ts']);
runStep('clients against the server', 'vitest', ['run', '--project', 'interop', ...process.argv.slice(2)]);
