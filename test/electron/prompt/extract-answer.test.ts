import { describe, expect, test } from 'vitest';
import { type Extraction, extractionSchema, techniqueSchema } from '../../../electron/contract/evaluation/technique.ts';
import { extractAnswer, extractBy, letterIn } from '../../../electron/prompt/extract-answer.ts';
import { countVotes, majorityAnswer } from '../../../electron/prompt/majority-vote.ts';
import { failureOf } from '../../support/failure.ts';

const by = (extraction: object, output: string, choices: string[] | null = null) =>
	extractBy(extractionSchema.parse(extraction) as Extraction, output, choices);

describe('the answer', () => {
	test.each([
		['Let me think.\nAnswer: 42', '42'],
		['answer: 1\nno, wait.\n**Answer:** 42.', '42'],
		['Answer: **Paris**.\nMore text', 'Paris'],
		['Answer:\n  Paris', 'Paris'],
		['İİİİ Answer: Paris', 'Paris'],
		['So the ANSWER: $1,234.50', '$1,234.50'],
		['No marker', null],
		['Answer:   ', null],
	])('follows its marker in %j', (output, answer) => {
		expect(by({ kind: 'after', marker: 'Answer:' }, output)).toBe(answer);
	});

	test('of BBH is read as its authors do', () => {
		expect(by({ kind: 'after', marker: 'the answer is ' }, 'So the answer is (B).')).toBe('(B)');
	});

	test('by a pattern is the first or last match, or a group', async () => {
		const output = 'x = 1; x = 22;';
		expect(by({ kind: 'regex', pattern: 'x = (\\d+)' }, output)).toBe('22');
		expect(by({ kind: 'regex', pattern: 'x = (\\d+)', take: 'first' }, output)).toBe('1');
		expect(by({ kind: 'regex', pattern: 'X = \\d+', group: 0, ignoreCase: true }, output)).toBe('x = 22');
		expect(by({ kind: 'regex', pattern: 'y(.)' }, output)).toBeNull();
		expect(await failureOf(() => by({ kind: 'regex', pattern: '(?<=a)b' }, ''))).toMatchObject({
			code: 'pattern-invalid',
			next: [expect.stringContaining('look-behind'), expect.anything()],
		});
	});

	test('can be a number, a last line, a box, a field, or the whole output', () => {
		expect(by({ kind: 'last-number' }, 'First 3, then 1,204 eggs.')).toBe('1,204');
		expect(by({ kind: 'gsm8k', mode: 'flexible' }, 'so it is $12.')).toBe('$12.');
		expect(by({ kind: 'last-line' }, 'a\n b \n\n')).toBe('b');
		expect(by({ kind: 'boxed' }, 'so \\boxed{1} and \\boxed{\\frac{1}{2}}.')).toBe('\\frac{1}{2}');
		expect(by({ kind: 'boxed' }, '\\boxed{never closed')).toBeNull();
		expect(by({ kind: 'json', field: 'result.value' }, 'Sure: {"note": "}", "result": {"value": 7}} bye')).toBe('7');
		expect(by({ kind: 'json', field: 'x' }, '```json\n{"x": "a"}\n```')).toBe('a');
		expect(by({ kind: 'json', field: 'constructor' }, '{}')).toBeNull();
		for (const number of ['9007199254740993', '1e999', '9'.repeat(400)]) {
			expect(by({ kind: 'json', field: 'x' }, `{"x": ${number}}`)).toBe(number);
			expect(by({ kind: 'json', field: 'x' }, `{"x": {"n": [${number}]}}`)).toBe(`{"n":[${number}]}`);
		}
		expect(by({ kind: 'json', field: 'x' }, '{'.repeat(100_000))).toBeNull();
		expect(by({ kind: 'whole' }, '  all of it \n')).toBe('all of it');
	});

	test('follows the rule of the technique', () => {
		const cot = techniqueSchema.parse({ kind: 'chain-of-thought' });
		expect(extractAnswer(cot, 'I think so.\nAnswer: yes')).toBe('yes');
		expect(extractAnswer(techniqueSchema.parse({ kind: 'zero-shot' }), ' yes ')).toBe('yes');
		const letters = techniqueSchema.parse({ kind: 'choice-letter' });
		expect(extractAnswer(letters, 'Blue.', ['red', 'blue'])).toBe('B');
		expect(extractAnswer(letters, 'Blue.', ['blue', 'Blue!'])).toBeNull();
	});
});

describe('a letter', () => {
	test.each([
		['B', 'B'],
		[' b ', 'B'],
		['(C)', 'C'],
		['**D**', 'D'],
		['B. Because it is', 'B'],
		['C) this one', 'C'],
		['The answer is B.', 'B'],
		['The correct answer is (D), not A.', 'D'],
		['Answer: **A**', 'A'],
		['The answer is (b).', 'B'],
		['Answer: **c)** Paris, not (a)', 'C'],
		['The answer is a cat', null],
		['answer is: B\nNo. The answer is C', 'C'],
		['I would say option C is best', 'C'],
		['It must be (A) then', 'A'],
		['Hence B', 'B'],
		['A cat sat there', null],
		['I do not know', null],
		['Everything else', null],
		['', null],
	])('is found in %j', (output, letter) => {
		expect(letterIn(output, 4)).toBe(letter);
	});

	test('is one of the existing ones', () => {
		expect(letterIn('E', 4)).toBeNull();
		expect(letterIn('The answer is E, or B', 4)).toBe('B');
	});
});

describe('votes', () => {
	test('the most frequent answer counts, or the earliest of equally frequent ones; no answer has no vote', () => {
		expect(majorityAnswer(['17', '18', null, '18.0', '$18.'])).toBe('18');
		expect(majorityAnswer(['b', 'a', 'A.', 'B'])).toBe('b');
		expect(majorityAnswer([null, null, 'x'])).toBe('x');
		expect(majorityAnswer([null])).toBeNull();
		expect(countVotes(['50 %', '50'])).toHaveLength(2);
		expect(countVotes(['?', '!'])).toHaveLength(2);
		expect(countVotes(['9007199254740993', '9007199254740992'])).toHaveLength(2);
		expect(countVotes(['7'.repeat(400), '8'.repeat(400)])).toHaveLength(2);
		expect(countVotes(['1e998', '1e999'])).toHaveLength(2);
	});
});
