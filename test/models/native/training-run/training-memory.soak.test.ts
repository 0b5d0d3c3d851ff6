import { expect, test } from 'vitest';
import { trainingPeak } from '../../../support/training-peak.ts';

test.each([
	['sft', 256, 'attention'],
	['sft', 256, 'all-linear'],
	['sft', 1024, 'attention'],
	['sft', 1024, 'all-linear'],
	['sft', 2048, 'all-linear'],
	['dpo', 256, 'all-linear'],
	['dpo', 1024, 'attention'],
	['dpo', 1024, 'all-linear'],
] as const)('%s with %i tokens per pass, %s: near the estimate', async (objective, packTokens, modules) => {
	// Two steps of as many samples as fill some passes.
	const { estimated, measured, error } = await trainingPeak(objective, {
		...{ packTokens, modules, maxTokens: Math.min(packTokens >> (objective === 'dpo' ? 1 : 0), 512) },
		...{ samplesPerStep: Math.ceil(packTokens / 100), maxSteps: 2, validateEvery: 100_000 },
	});
	const [said, took] = [estimated, measured].map((bytes) => `${(bytes / 1e6).toFixed(0)} MB`);
	process.stdout.write(`${objective} ${packTokens} ${modules}: ${said} estimated, ${took} taken\n`);
	expect(Math.abs(error)).toBeLessThan(0.15);
});
