import { expect, test } from 'vitest';
import { trainingSettingsSchema } from '../../../../models/contract/native/training-run.ts';
import type { EncodedSample } from '../../../../models/native/training-run/encode-samples.ts';
import { largestPasses, planSteps } from '../../../../models/native/training-run/plan-steps.ts';

/** A sample of so many tokens, the last of which count. */
function sampleOf(tokens: number, scored: number): EncodedSample {
	const weights = Float32Array.from({ length: tokens }, (_, at) => (at >= tokens - scored ? 1 : 0));
	return { key: `${tokens}`, content: { tokens: new Int32Array(tokens), weights }, tokens, scored };
}

const settings = trainingSettingsSchema.parse({ samplesPerStep: 2, epochs: 1 });

test('memory is planned for the passes with the most tokens, the most that count, and the longest sample', () => {
	const plan = { ...planSteps(settings, 6), batchOf: (step: number) => [2 * step - 2, 2 * step - 1] };
	const samples = [
		...[sampleOf(31, 1), sampleOf(31, 1)],
		...[sampleOf(21, 20), sampleOf(21, 20)],
		...[sampleOf(51, 1), sampleOf(5, 1)],
	];
	expect(largestPasses(plan, samples, 100)).toEqual([
		{ lengths: [30, 30], rows: 2 },
		{ lengths: [20, 20], rows: 40 },
		{ lengths: [50, 4], rows: 2 },
	]);
	// Long samples have a pass of their own.
	expect(largestPasses(plan, samples, 50)).toEqual([
		{ lengths: [50], rows: 1 },
		{ lengths: [20, 20], rows: 40 },
		// All have one tile.
		{ lengths: [30], rows: 1 },
	]);
});
