import { afterAll, beforeAll, expect, test } from 'vitest';
import { fuzzAdapters, fuzzModels } from '../../support/fuzz-models.ts';
import { type TinyRuntime, tinyRuntime } from '../../support/tiny-runtime.ts';

/** A part of the fuzz; `npm run test:soak` does all of it. */
let tiny: TinyRuntime;
beforeAll(() => {
	tiny = tinyRuntime();
});
afterAll(() => tiny.close());

test('forty mutated models are refused with the cause and a next step, or answer', { timeout: 240_000 }, async () => {
	const tally = await fuzzModels(tiny, 0, 40);
	expect(tally.unexplained, String(tally)).toEqual([]);
	expect(tally.counts.get('answered'), String(tally)).toBeGreaterThan(0);
});

test('thirty mutated LoRA adapters are too, and the process that holds the model lives', {
	timeout: 240_000,
}, async () => {
	const tally = await fuzzAdapters(tiny, 0, 30);
	expect(tally.unexplained, String(tally)).toEqual([]);
	expect([...tally.counts.keys()].filter((what) => what.startsWith('process died'))).toEqual([]);
});
