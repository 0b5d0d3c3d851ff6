import { afterAll, beforeAll, expect, test } from 'vitest';
import { fuzzAdapters, fuzzModels } from '../../support/fuzz-models.ts';
import { type TinyRuntime, tinyRuntime } from '../../support/tiny-runtime.ts';

/** A part of the fuzz test; `npm run test:soak` runs all of it. */
let tiny: TinyRuntime;
beforeAll(() => {
	tiny = tinyRuntime();
});
afterAll(() => tiny.close());

test('mutated models answer or are refused with the cause and a next step', { timeout: 240_000 }, async () => {
	const rough = await fuzzModels(tiny, 0, 24);
	expect(rough.unexplained, String(rough)).toEqual([]);
	const tally = await fuzzModels(tiny, 1_000, 1_006, 'values');
	expect(tally.unexplained, String(tally)).toEqual([]);
	expect(tally.counts.get('answered'), String(tally)).toBeGreaterThan(0);
});

test("mutated LoRA adapters are used or refused, and the model's process survives", {
	timeout: 240_000,
}, async () => {
	const tally = await fuzzAdapters(tiny, 0, 16);
	expect(tally.unexplained, String(tally)).toEqual([]);
	expect([...tally.counts.keys()].filter((what) => what.startsWith('process died'))).toEqual([]);
});
