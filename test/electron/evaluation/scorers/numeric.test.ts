import { describe, expect, test } from 'vitest';
import {
	firstNumber,
	gsm8kAnswer,
	gsm8kPlain,
	lastNumber,
	wholeNumberText,
} from '../../../../electron/prompt/numbers.ts';
import { sharedRows } from '../../../support/shared-data.ts';
import { scoreOf, scoreSample } from './score-sample.ts';

describe('numbers in texts', () => {
	test.each([
		['1,234', 1234],
		['$18', 18],
		['-$18.50', -18.5],
		['$-3', -3],
		['−7', -7],
		['50 %', 50],
		['about .5 of it', 0.5],
		['6.02e23 of them', 6.02e23],
		['16-3', 3],
		['(4)-2', 2],
		['GPT4 has 12 parts', 12],
		['12,5', 5],
		['1,234,567.89', 1234567.89],
		['1\u202f234', 1234],
		['is 42.', 42],
		['from 3 to -4', -4],
		['=9>>9', 9],
	])('the last number of %j', (text, value) => {
		expect(lastNumber(text)?.value).toBe(value);
	});

	test('the first number, a whole-text number, and none', () => {
		expect(lastNumber('no number, only v2x')).toBeNull();
		expect(firstNumber('16-3')?.value).toBe(16);
		expect(wholeNumberText(' 1,234. ')?.value).toBe(1234);
		expect(wholeNumberText('18 dollars')).toBeNull();
		expect(wholeNumberText('1 2')).toBeNull();
	});

	test('the end of a long text is searched first, without cutting a number', () => {
		const digits = '7'.repeat(3_000);
		expect(lastNumber(`${'word '.repeat(100_000)}12 ${'word '.repeat(9_000)}`)?.value).toBe(12);
		expect(lastNumber(`x ${digits} ${' '.repeat(1_500)}`)?.text).toBe(digits);
	});
});

describe('the numeric scorer', () => {
	test('compares numbers, not their notation', async () => {
		expect(await scoreSample({ kind: 'numeric' }, 'So it costs $1,234.00.', { target: '1234' })).toEqual({
			value: 1,
			explanation: '$1,234.00 is 1234.',
		});
		expect(await scoreOf({ kind: 'numeric' }, 'It is 0.30000000000000004', { target: '0.3' })).toBe(1);
		expect(await scoreOf({ kind: 'numeric', find: 'whole' }, '18 dollars', { target: '18' })).toBe(0);
		expect(await scoreOf({ kind: 'numeric', find: 'first' }, '3 of 4', { target: '3' })).toBe(1);
	});

	test('supports tolerances and percentages', async () => {
		expect(await scoreOf({ kind: 'numeric', tolerance: 0.5 }, '10.4', { target: '10' })).toBe(1);
		expect(await scoreOf({ kind: 'numeric', tolerance: 0.5 }, '10.6', { target: '10' })).toBe(0);
		expect(await scoreOf({ kind: 'numeric', relativeTolerance: 0.01 }, '-101', { target: '-100' })).toBe(1);
		expect(await scoreOf({ kind: 'numeric' }, '50 %', { target: '50' })).toBe(1);
		expect(await scoreOf({ kind: 'numeric', percentAsShare: true }, '50%', { target: '0.5' })).toBe(1);
	});

	test.each([
		['5', '9'.repeat(400)],
		['5', '1e999'],
		['5', '-1e999'],
		['5', `${'9'.repeat(400)}.5`],
		['1'.repeat(400), '2'.repeat(400)],
		['1'.repeat(400), '3.5'],
		['1'.repeat(400), '1e999'],
	])('a number too large for a float is not %s', async (target, output) => {
		for (const tolerance of [{}, { tolerance: 1e300 }, { relativeTolerance: 0.5 }]) {
			expect(await scoreOf({ kind: 'numeric', ...tolerance }, output, { target })).toBe(0);
		}
		expect(await scoreOf({ kind: 'numeric', percentAsShare: true }, `${output} %`, { target })).toBe(0);
	});

	test('integers of any length compare digit by digit', async () => {
		const long = `7${'0'.repeat(399)}`;
		expect(await scoreOf({ kind: 'numeric' }, `It is ${long}.`, { target: long })).toBe(1);
		expect(await scoreOf({ kind: 'numeric' }, long.replace(/0$/, '1'), { target: long })).toBe(0);
		expect(await scoreOf({ kind: 'numeric', tolerance: 1 }, long.replace(/0$/, '1'), { target: long })).toBe(1);
		expect(await scoreOf({ kind: 'numeric' }, '1000000001', { target: '1000000000' })).toBe(0);
		expect(await scoreOf({ kind: 'numeric' }, '1,000,000,000.0', { target: '1e9' })).toBe(1);
		expect(await scoreOf({ kind: 'numeric' }, '9007199254740993', { target: '9007199254740992' })).toBe(0);
		expect(await scoreOf({ kind: 'numeric', tolerance: 1 }, '1000000001', { target: '1000000000' })).toBe(1);
		expect(await scoreOf({ kind: 'numeric', relativeTolerance: 0.29 }, '129', { target: '100' })).toBe(1);
		expect(await scoreOf({ kind: 'numeric', relativeTolerance: 0.29 }, '130', { target: '100' })).toBe(0);
		expect(await scoreOf({ kind: 'numeric', find: 'gsm8k-strict' }, '#### 1000000001', { target: '1000000000' })).toBe(
			0,
		);
	});

	test('decimal fractions differ unless only float arithmetic sets them apart', async () => {
		expect(await scoreOf({ kind: 'numeric' }, '1000000000.5', { target: '1000000000' })).toBe(0);
		expect(await scoreOf({ kind: 'numeric' }, '0.99999999999999', { target: '1' })).toBe(0);
		expect(await scoreOf({ kind: 'numeric' }, '0.9999999999999999', { target: '1' })).toBe(1);
		expect(await scoreOf({ kind: 'numeric', tolerance: 0.1 }, '0.4', { target: '0.3' })).toBe(1);
		expect(await scoreOf({ kind: 'numeric', tolerance: 0.1 }, '0.3', { target: '0.2' })).toBe(1);
		expect(await scoreOf({ kind: 'numeric', percentAsShare: true }, '7%', { target: '0.07' })).toBe(1);
	});

	test('a target too large for a float is unscored', async () => {
		expect(await scoreOf({ kind: 'numeric' }, '1e999', { target: '1e999' })).toBeNull();
	});

	test('an answer without a number is wrong, a target without one is unscored', async () => {
		expect(await scoreOf({ kind: 'numeric' }, 'many', { target: '3' })).toBe(0);
		expect(await scoreOf({ kind: 'numeric' }, '3', { target: 'three' })).toBeNull();
		expect(await scoreOf({ kind: 'numeric' }, '3', { target: '3' }, { answer: null })).toBe(0);
	});
});

describe('GSM8K as lm-evaluation-harness extracts it', () => {
	test('strict and flexible', () => {
		expect(gsm8kAnswer('so 16 - 3 = 13\n#### 1,013', 'strict')).toBe('1,013');
		expect(gsm8kAnswer('so 16 - 3 = 13', 'strict')).toBeNull();
		expect(gsm8kAnswer('#### 5 and #### 6', 'strict')).toBe('5');
		expect(gsm8kAnswer('It makes $1,234 a day.', 'flexible')).toBe('$1,234');
		expect(gsm8kAnswer('9 ducks, then 18.', 'flexible')).toBe('18.');
		// As in the harness: a match of nothing but marks is the last match, and wrong.
		expect(gsm8kAnswer('42 I think...', 'flexible')).toBe('...');
		expect(gsm8kPlain('#### $1,234.')).toBe('1234');
	});

	test('all 1,319 answers in the file extract to their numbers', async (context) => {
		const rows = sharedRows<{ question: string; answer: string }>(context, 'gsm8k', 'test.jsonl');
		expect(rows).toHaveLength(1319);
		let flexible = 0;
		for (const { question, answer } of rows) {
			const wanted = /#### (.+)$/.exec(answer)?.[1]?.replaceAll(',', '') ?? '';
			expect(gsm8kPlain(gsm8kAnswer(answer, 'strict') ?? '')).toBe(wanted);
			expect(lastNumber(answer)?.value).toBe(Number(wanted));
			if (gsm8kPlain(gsm8kAnswer(answer, 'flexible') ?? '') === wanted) flexible += 1;
			const sample = { input: question, target: answer };
			expect(await scoreOf({ kind: 'numeric', find: 'gsm8k-strict' }, answer, sample)).toBe(1);
		}
		expect(flexible).toBe(1319);
	});
});
