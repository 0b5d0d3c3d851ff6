import { describe, expect, test } from 'vitest';
import { type PromptSample, promptSampleSchema } from '../../../electron/contract/prompt/schema.ts';
import { drawExamples, type ExampleChoice } from '../../../electron/prompt/draw-examples.ts';
import { questionKey } from '../../../electron/prompt/same-question.ts';
import { failureOf } from '../../support/failure.ts';

const row = (input: string, more: object = {}): PromptSample =>
	promptSampleSchema.parse({ input, target: 'x', ...more });
const pool = Array.from({ length: 500 }, (_, index) => row(`Question number ${index}?`));
const choice = { shots: 5, split: 'train', seed: 1, pick: 'random' as const };
const inputs = (rows: readonly PromptSample[]) => rows.map(({ input }) => input);
const draw = (from: readonly PromptSample[], tested: readonly PromptSample[], more: Partial<ExampleChoice> = {}) =>
	drawExamples(
		() => from,
		() => tested,
		{ ...choice, ...more },
	);

describe('examples', () => {
	test('are the same for a seed, whatever the order of the rows, and differ for another seed', () => {
		const drawn = draw(pool, []);
		expect(drawn).toHaveLength(5);
		expect(inputs(draw(pool.toReversed(), []))).toEqual(inputs(drawn));
		expect(inputs(draw(pool, [], { seed: 2 }))).not.toEqual(inputs(drawn));
		// Fewer shots are the beginning of more: an arm with 3 and one with 5 share a prefix.
		expect(inputs(draw(pool, [], { shots: 3 }))).toEqual(inputs(drawn).slice(0, 3));
	});

	test('can be the first of the split', () => {
		expect(inputs(draw(pool, [], { pick: 'first', shots: 2 }))).toEqual(['Question number 0?', 'Question number 1?']);
	});

	test('never ask the same as a tested row, by content', () => {
		const drawn = draw(pool, []);
		const copies = drawn.map(({ input }) =>
			row(`  ${String(input).toUpperCase().replace('?', ' !')}`, { target: 'other' }),
		);
		const others = draw(pool, copies);
		expect(others).toHaveLength(5);
		expect(inputs(others).some((input) => inputs(drawn).includes(input))).toBe(false);
		const first = draw(pool, [row('question NUMBER 0')], { pick: 'first', shots: 1 });
		expect(inputs(first)).toEqual(['Question number 1?']);
	});

	test('come from the remaining rows when most are tested', () => {
		const drawn = draw(pool, pool.slice(0, 494));
		expect(inputs(drawn).toSorted()).toEqual(
			inputs(pool.slice(494, 500))
				.toSorted()
				.filter((input) => inputs(drawn).includes(input)),
		);
		expect(drawn).toHaveLength(5);
	});

	test('leave out rows without a target and repeated questions', async () => {
		const odd = [row('a', { target: null }), row('b'), row('B '), row('c')];
		expect(inputs(draw(odd, [], { shots: 2 })).toSorted()).toEqual(['b', 'c']);
		expect(await failureOf(() => draw(odd, [], { shots: 3 }))).toMatchObject({
			code: 'too-few-examples',
			message: expect.stringContaining('2 different questions'),
		});
	});

	test('are refused with a reason if all of them are tested', async () => {
		expect(await failureOf(() => draw(pool, pool))).toMatchObject({
			code: 'too-few-examples',
			message:
				'Of the 500 different questions in “train” that have a target, 500 are tested themselves; 5 examples are needed.',
		});
		expect((await failureOf(() => draw([], []))).message).toContain('no samples with a target');
	});

	test('stream from a hundred thousand rows without extra memory', () => {
		function* many(): Iterable<PromptSample> {
			for (let index = 0; index < 100_000; index += 1)
				yield { input: `row ${index}`, target: 'x', choices: null, variables: {}, metadata: {} };
		}
		expect(drawExamples(many, () => [], choice)).toHaveLength(5);
		expect(drawExamples(many, many, { ...choice, shots: 0 })).toEqual([]);
	});
});

test('two questions are the same if they ask the same, whatever the order of their choices', () => {
	const key = (input: string, choices: string[] | null = null) => questionKey({ input, choices });
	expect(key('Which is TRUE?', ['a', 'b'])).toBe(key('which is true', ['B', 'a']));
	expect(key('Which is true?', ['a', 'b'])).not.toBe(key('Which is true?', ['a', 'c']));
	expect(key('1 + 1')).not.toBe(key('1 + 2'));
	expect(key('1 + 1')).not.toBe(key('1 − 1'));
	expect(key('1.5 of it')).not.toBe(key('15 of it'));
	expect(key('कि')).not.toBe(key('की'));
	expect(key('+')).not.toBe(key('−'));
});
