import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { builtWorkers, builtWorkersVariable } from './test/support/built-workers.ts';
import { LongestFirst } from './test/support/longest-first.ts';
import { sharingTests } from './test/support/own-process.ts';

/** Commands, hosts and workers start from source hundreds of times: the cache parses and strips types once. */
const env = { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules', '.cache', 'compiled') };

/** Under `npm test`, most unit tests share processes; a file that is run by itself has one of its own. */
const sharing = process.env[builtWorkersVariable] === undefined ? [] : sharingTests();

const unit = {
	env,
	// More than the cores: tests mostly wait for a process to start, or for a clock.
	maxWorkers: 3,
	// Real processes on a busy machine, and what follows from them.
	testTimeout: 60_000,
	hookTimeout: 60_000,
	expect: { poll: { timeout: 15_000 } },
} as const;

/**
 * Three projects, run one after the other by scripts/test.ts, which builds first:
 * unit  - no weights, three files at a time; `sharing` is the part of it that shares processes
 * model - real weights in real workers, two files at a time (each computes on one thread)
 * e2e   - Chromium against the browser host, two files at a time
 */
export default defineConfig({
	test: {
		sequence: { sequencer: LongestFirst },
		projects: [
			{
				plugins: [builtWorkers()],
				test: {
					...unit,
					name: 'unit',
					include: ['test/**/*.test.{ts,tsx}'],
					exclude: ['**/node_modules/**', 'test/**/*.{model,e2e,soak,interop}.test.ts', ...sharing],
					globalSetup: ['test/support/killable/bundle.ts'],
				},
			},
			{
				plugins: [builtWorkers()],
				test: { ...unit, name: 'sharing', include: sharing, isolate: false },
			},
			{
				plugins: [builtWorkers()],
				test: {
					name: 'model',
					env,
					include: ['test/**/*.model.test.ts'],
					maxWorkers: 2,
					testTimeout: 120_000,
					hookTimeout: 120_000,
				},
			},
			{
				test: {
					name: 'e2e',
					env,
					globalSetup: ['test/support/built.ts'],
					include: ['test/**/*.e2e.test.ts'],
					// Two stories side by side, and three scenes of the screens test, which outlasts the stories: part of
					// the time a scene waits for its page to settle.
					maxWorkers: 2,
					maxConcurrency: 3,
					testTimeout: 120_000,
					hookTimeout: 120_000,
					// A page on a busy machine may need more than the usual second to update.
					expect: { poll: { timeout: 15_000 } },
				},
			},
			{
				test: {
					name: 'soak',
					globalSetup: ['test/support/killable/bundle.ts'],
					include: ['test/**/*.soak.test.ts'],
					fileParallelism: false,
					testTimeout: 1_800_000,
				},
			},
			{
				test: {
					name: 'interop',
					env,
					include: ['test/**/*.interop.test.ts'],
					exclude: ['**/node_modules/**'],
					fileParallelism: false,
					testTimeout: 600_000,
					hookTimeout: 120_000,
				},
			},
		],
	},
});
