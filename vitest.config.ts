import { defineConfig } from 'vitest/config';

/**
 * Three projects, run one after the other by scripts/test.ts:
 * unit  - no weights, files in parallel
 * model - real weights in real workers, one file at a time (two model processes on two cores stall each other)
 * e2e   - Chromium against the browser host, one file at a time
 */
/**
 * CI shares its two cores with other machines: a test of real processes that loses that race once is run once more,
 * and Vitest's report says that it was. At a developer's desk nothing is run twice.
 */
const retry = process.env.CI ? 1 : 0;

export default defineConfig({
	test: {
		projects: [
			{
				test: {
					name: 'unit',
					retry,
					include: ['test/**/*.test.{ts,tsx}'],
					exclude: ['test/**/*.model.test.ts', 'test/**/*.e2e.test.ts', 'test/**/*.soak.test.ts'],
					testTimeout: 30_000,
				},
			},
			{
				test: {
					name: 'model',
					retry,
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
					include: ['test/**/*.e2e.test.ts'],
					fileParallelism: false,
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
