import { expect, test } from 'vitest';
import { rateSummary, testName } from '../../../models/native/bench-rates.ts';

test('test names are llama-bench’s', () => {
	const name = (promptTokens: number, generatedTokens: number, depth = 0): string =>
		testName({ promptTokens, generatedTokens, depth });
	expect([name(512, 0), name(0, 128), name(512, 128), name(0, 32, 1024)]).toEqual([
		'pp512',
		'tg128',
		'pp512+tg128',
		'tg32 @ d1024',
	]);
});

test("mean and deviation of rates equal those of llama-bench's published sample", () => {
	// docs/formulas.md#llama-bench: 512 tokens in these times; the README's sample says 2410.974041 and 11.163766.
	const nanoseconds = [213_837_238, 211_635_853, 212_328_053, 211_329_715, 212_698_907];
	const { mean, sd } = rateSummary(nanoseconds.map((ns) => (1e9 * 512) / ns));
	expect([mean.toFixed(6), sd.toFixed(6)]).toEqual(['2410.974041', '11.163766']);
});

test('the median is the middle value or between two, and one repetition has no spread', () => {
	expect(rateSummary([3, 1, 2]).median).toBe(2);
	expect(rateSummary([4, 1, 2, 3]).median).toBe(2.5);
	expect(rateSummary([5])).toEqual({ median: 5, mean: 5, sd: 0, samples: [5] });
	expect(rateSummary([2, 4, 4, 4, 5, 5, 7, 9]).sd).toBeCloseTo(Math.sqrt(32 / 7), 12);
});
