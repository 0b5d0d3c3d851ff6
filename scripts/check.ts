/** `npm run check`: every check that a change must pass, fastest first. `--no-tests` stops before the tests. */
import { runStep } from './run-step.ts';

const steps: readonly [name: string, command: string, ...args: string[]][] = [
	['format and lint', 'biome', 'check', '--error-on-warnings', '.'],
	['promises and hooks', 'oxlint', '--type-aware', '--deny-warnings'],
	['types', 'tsc', '-p', '.'],
	['unused code', 'knip'],
	['messages', 'node', 'scripts/messages/extract.ts', '--check'],
];

for (const [name, command, ...args] of steps) runStep(name, command, args);
if (!process.argv.includes('--no-tests')) runStep('tests', 'node', ['scripts/test.ts']);
