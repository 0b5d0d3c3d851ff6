import { describe, expect, test } from 'vitest';
import { createThreadRace, type ThreadRace } from '../../../models/native/thread-race.ts';

/** Runs so many decodes of `tokens` tokens, which take what `ms` says; returns the counts used. */
function decodes(race: ThreadRace, times: number, ms: (threads: number, use: number) => number, tokens = 40): number[] {
	return Array.from({ length: times }, (_, use) => {
		const threads = race.choose(tokens);
		race.took(threads, tokens, ms(threads, use));
		return threads;
	});
}

const secondHelps = (threads: number): number => (threads === 2 ? 20 : 33);
const secondHinders = (threads: number): number => (threads === 2 ? 60 : 33);

describe('the threads of a race', () => {
	test('are the faster count, once each was tried, even if the first decode of all was slow', () => {
		const race = createThreadRace([2, 1]);
		expect(decodes(race, 8, (threads, use) => (use === 0 ? 200 : secondHelps(threads)))).toEqual([
			2, 1, 2, 1, 2, 2, 2, 2,
		]);
		expect(decodes(createThreadRace([2, 1]), 8, secondHinders)).toEqual([2, 1, 2, 1, 1, 1, 1, 1]);
	});

	test('stay the same after one slow decode, change after two, and change back when the other is faster again', () => {
		const race = createThreadRace([2, 1]);
		decodes(race, 6, secondHelps);
		expect(decodes(race, 3, (threads, use) => (use === 0 ? 90 : secondHelps(threads)))).toEqual([2, 2, 2]);
		expect(decodes(race, 5, secondHinders).slice(-2)).toEqual([1, 1]);
		const later = decodes(race, 20, secondHelps);
		expect(later.slice(0, later.indexOf(2)).every((threads) => threads === 1)).toBe(true);
		expect(later.slice(later.indexOf(2)).filter((threads) => threads === 1).length).toBeLessThanOrEqual(1);
	});

	test('are seldom the slower count while it stays slower', () => {
		const used = decodes(createThreadRace([2, 1]), 1_000, secondHinders);
		const tries = used.flatMap((threads, use) => (threads === 2 ? [use] : []));
		expect(tries.length).toBeLessThan(10);
		expect(tries.at(-1)! - tries.at(-2)!).toBe(256);
	});

	test('are chosen for each length by itself', () => {
		const race = createThreadRace([2, 1]);
		decodes(race, 6, secondHinders, 3);
		decodes(race, 6, secondHelps, 400);
		expect(race.choose(3)).toBe(1);
		expect(race.choose(400)).toBe(2);
	});

	test('are the only count there is', () => {
		expect(decodes(createThreadRace([3]), 3, secondHelps)).toEqual([3, 3, 3]);
	});
});
