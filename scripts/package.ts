/**
 * `npm run package`, after the build: packs the app for this system with electron-builder. Signing, notarisation and the
 * source of updates are configured by the environment (docs/releasing.md); without it the result is unsigned and has no
 * source of updates.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { packagingOptions } from './package/packaging-options.ts';
import { projectRoot } from './run-step.ts';

const { options, notes, environment } = packagingOptions(process.env, process.platform);
for (const note of notes) process.stdout.write(`${note}\n`);
const builder = join(projectRoot, 'node_modules', 'electron-builder', 'cli.js');
const { status } = spawnSync(process.execPath, [builder, '--publish', 'never', ...options, ...process.argv.slice(2)], {
	cwd: projectRoot,
	stdio: 'inherit',
	env: environment,
});
process.exitCode = status ?? 1;
