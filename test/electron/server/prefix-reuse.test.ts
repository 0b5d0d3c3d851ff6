import { expect, test } from 'vitest';
import { scoringOf } from '../../../electron/server/openai/request.ts';
import { defaultSampling } from '../../../models/contract/default-sampling.ts';

test.for([
	['an answer with a drawn seed', {}, 'all'],
	['a greedy answer', { temperature: 0 }, undefined],
	['an answer with a seed', { seed: 7 }, undefined],
	['a greedy answer whose client wants the cache', { temperature: 0, cache_prompt: true }, 'all'],
	['an answer whose client wants no cache', { cache_prompt: false }, false],
] as const)('%s reuses what it may of cached prompts', ([, request, expected]) => {
	expect(scoringOf(request, { ...defaultSampling, temperature: 0.8 }).reusePrefix).toBe(expected);
});

test('the person’s own seed makes answers repeatable', () => {
	expect(scoringOf({}, { ...defaultSampling, seed: 3 }).reusePrefix).toBeUndefined();
});
