import { describe, expect, test } from 'vitest';
import { groupPrompts, groupTokens } from '../../../models/native/prompt-groups.ts';

const limits = { prompts: 63, tokens: 8_192 };
const range = (start: number, length: number): number[] => Array.from({ length }, (_, index) => start + index);

describe('prompts that begin alike', () => {
	test('are one group: the choices of a question in any order', () => {
		const question = range(1_000, 30);
		const prompts = [[...question, 1, 2], [...range(5_000, 20)], [...question, 3], [...question, 4, 5]];
		const groups = groupPrompts(prompts, limits);
		expect(groups).toEqual([
			{ members: [0, 2, 3], trunk: question },
			{ members: [1], trunk: range(5_000, 20) },
		]);
		expect(groupTokens(groups[0]!, prompts)).toBe(30 + 2 + 1 + 2);
	});

	test('stay apart where joining would repeat what the choices of one question share', () => {
		const shots = range(1, 640);
		const asked = (question: number) => [1, 2, 3].map((choice) => [...shots, ...range(question, 100), choice]);
		const groups = groupPrompts([...asked(10_000), ...asked(20_000)], limits);
		expect(groups.map(({ members }) => members)).toEqual([
			[0, 1, 2],
			[3, 4, 5],
		]);
	});

	test('are at most as many as there are sequences, and as many tokens as fit', () => {
		const prompts = Array.from({ length: 10 }, (_, index) => [1, 2, 3, index]);
		expect(groupPrompts(prompts, { ...limits, prompts: 4 }).map(({ members }) => members.length)).toEqual([4, 4, 2]);
		const long = [range(1, 90), [1, ...range(500, 90)]];
		expect(groupPrompts(long, { ...limits, tokens: 100 })).toHaveLength(2);
	});

	test('may be equal, or the beginning of another', () => {
		expect(
			groupPrompts(
				[
					[1, 2, 3],
					[1, 2],
					[1, 2, 3],
				],
				limits,
			),
		).toEqual([{ members: [1, 0, 2], trunk: [1, 2] }]);
	});
});
