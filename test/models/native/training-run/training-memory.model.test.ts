import { expect, test } from 'vitest';
import { trainingPeak } from '../../../support/training-peak.ts';

test('the estimate of a training on the starter is within 15 % of what its process takes', async () => {
	const { error } = await trainingPeak('sft', { packTokens: 256, maxTokens: 256, samplesPerStep: 2, maxSteps: 1 });
	expect(Math.abs(error)).toBeLessThan(0.15);
});
