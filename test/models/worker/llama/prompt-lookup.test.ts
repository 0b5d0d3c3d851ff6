import { describe, expect, test } from 'vitest';
import { createDraftLength } from '../../../../models/worker/llama/drafter.ts';
import { createPromptLookup } from '../../../../models/worker/llama/prompt-lookup.ts';

describe('prompt lookup', () => {
	test('the draft is what followed the last three tokens before', async () => {
		const lookup = createPromptLookup();
		lookup.begin([1, 2, 3, 4, 5, 6, 9, 1, 2]);
		expect(await lookup.propose(4)).toEqual([]);
		lookup.recordToken(3);
		expect(await lookup.propose(4)).toEqual([4, 5, 6, 9]);
		expect(await lookup.propose(2)).toEqual([4, 5]);
		lookup.recordToken(7);
		expect(await lookup.propose(4)).toEqual([]);
		for (const token of [2, 3, 7]) lookup.recordToken(token);
		expect(await lookup.propose(3)).toEqual([2, 3, 7]);
		for (const token of [1, 2, 3]) lookup.recordToken(token);
		expect(await lookup.propose(2)).toEqual([7, 2]);
	});

	test('each answer starts afresh, and fewer than three tokens give no draft', async () => {
		const lookup = createPromptLookup();
		lookup.begin([1, 2, 3, 1, 2, 3]);
		expect(await lookup.propose(9)).toEqual([1, 2, 3]);
		lookup.begin([1, 2]);
		expect(await lookup.propose(9)).toEqual([]);
	});
});

describe('draft length', () => {
	test('it grows while drafts are accepted, shrinks when most are rejected, and pauses after three misses in a row', () => {
		const pace = createDraftLength();
		expect(pace.next()).toBe(4);
		pace.recordOutcome(4, 4);
		expect(pace.next()).toBe(8);
		pace.recordOutcome(8, 8);
		pace.recordOutcome(16, 16);
		expect(pace.next()).toBe(16);
		pace.recordOutcome(16, 2);
		expect(pace.next()).toBe(8);
		for (let miss = 0; miss < 3; miss += 1) pace.recordOutcome(4, 0);
		const lengths = Array.from({ length: 25 }, () => pace.next());
		expect(lengths.slice(0, 24).every((length) => length === 0)).toBe(true);
		expect(lengths[24]).toBe(2);
		expect([pace.drafted, pace.accepted]).toEqual([56, 30]);
	});
});
