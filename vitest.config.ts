import { defineConfig } from 'vitest/config';

/**
 * Three projects, run one after the other by scripts/test.ts:
 * unit  - no weights, files in parallel
 * model - real weights in real workers, one file at a time (two model processes on two cores stall each other)
 * e2e   - Chromium against the browser host, one file at a time
 */
export default defineConfig({
	test: {
		projects: [
			{
				test: {
					name: 'unit',
					include: ['test/**/*.test.{ts,tsx}'],
					exclude: ['test/**/*.model.test.ts', 'test/**/*.e2e.test.ts', 'test/**/*.soak.test.ts'],
					testTimeout: 20_000,
				},
			},
			{
				test: {
					name: 'model',
					include: ['test/**/*.model.test.ts'],
					fileParallelism: false,
					testTimeout: 120_000,
					hookTimeout: 120_000,
				},
			},
			{
				test: {
					name: 'e2e',
					include: ['test/**/*.e2e.test.ts'],
					fileParallelism: false,
					testTimeout: 60_000,
					hookTimeout: 120_000,
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
