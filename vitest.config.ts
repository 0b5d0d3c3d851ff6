import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

/**
 * Three projects, run one after the other by scripts/test.ts:
 * unit  - no weights, files in parallel
 * model - real weights in real workers, one file at a time (two model processes on two cores stall each other)
 * e2e   - Chromium against the browser host, two files at a time
 */
/**
 * CI shares its two cores with other machines: a test of real processes that loses that race once is run once more,
 * and Vitest's report says that it was. At a developer's desk nothing is run twice.
 */
const retry = process.env.CI ? 1 : 0;

/** Commands, hosts and workers are started from source hundreds of times: read and stripped of types once, not each time. */
const env = { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules', '.cache', 'compiled') };

export default defineConfig({
	test: {
		sequence: { sequencer: LongestFirst },
		projects: [
			{
				test: {
					name: 'unit',
					retry,
					env,
					include: ['test/**/*.test.{ts,tsx}'],
					exclude: ['test/**/*.model.test.ts', 'test/**/*.e2e.test.ts', 'test/**/*.soak.test.ts'],
					// More than cores: much of a test is waiting for a process that starts or for a clock.
					maxWorkers: 3,
					testTimeout: 30_000,
				},
			},
			{
				test: {
					name: 'model',
					retry,
					env,
					include: ['test/**/*.model.test.ts'],
					fileParallelism: false,
					testTimeout: 120_000,
					hookTimeout: 120_000,
				},
			},
			{
				test: {
					name: 'e2e',
					retry,
					env,
					globalSetup: ['test/support/built.ts'],
					include: ['test/**/*.e2e.test.ts'],
					// Two stories side by side, and three scenes of the screens: much of their time is waiting for a page to settle.
					maxWorkers: 2,
					maxConcurrency: 3,
					testTimeout: 60_000,
					hookTimeout: 120_000,
					// A page on a busy machine may take more than the usual second to show what it was told.
					expect: { poll: { timeout: 8_000 } },
				},
			},
			{
				test: {
					name: 'soak',
					include: ['test/**/*.soak.test.ts'],
					fileParallelism: false,
					testTimeout: 1_800_000,
				},
			},
		],
	},
});
