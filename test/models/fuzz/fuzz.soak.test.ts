import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fuzzAdapters, fuzzModels, fuzzStates } from '../../support/fuzz-models.ts';
import { type TinyRuntime, tinyRuntime } from '../../support/tiny-runtime.ts';

/**
 * 2,000 mutated models, each loaded in a separate process, 500 mutated LoRA adapters and 500 saved states: no mutation
 * may crash the host process, and each failure says what is wrong and what to do. Runs in parts, so that one can be
 * repeated: the same numbers give the same bytes.
 */
const part = 100;
const parts = (count: number): number[] => Array.from({ length: count / part }, (_, index) => index * part);

let tiny: TinyRuntime;
beforeAll(() => {
	tiny = tinyRuntime();
});
afterAll(() => tiny.close());

describe('2,000 mutated models', () => {
	test.each(parts(2_000))('from %i', async (from) => {
		// The first half changes any byte of the header, the second only values, so that more files reach the engine.
		const tally = await fuzzModels(tiny, from, from + part, from < 1_000 ? 'any' : 'values');
		process.stdout.write(`models ${from}: ${tally}\n`);
		expect(tally.unexplained).toEqual([]);
	});
});

describe('500 mutated LoRA adapters', () => {
	test.each(parts(500))('from %i', async (from) => {
		const tally = await fuzzAdapters(tiny, from, from + part);
		process.stdout.write(`adapters ${from}: ${tally}\n`);
		expect(tally.unexplained).toEqual([]);
	});
});

describe('500 mutated saved states', () => {
	test.each(parts(500))('from %i', async (from) => {
		const tally = await fuzzStates(tiny, from, from + part);
		process.stdout.write(`states ${from}: ${tally}\n`);
		expect(tally.unexplained).toEqual([]);
	});
});
