import { expect, test } from 'vitest';
import { describeProvisional } from '../../../electron/comparison/provisional.ts';
import { ladderComparison } from '../../support/fake-application/comparison-data.ts';

const rows = (measured: number) => ladderComparison({}, measured).rows;

test('nothing is said before a file is measured', () => {
	expect(describeProvisional(rows(0))).toBe(null);
	expect(describeProvisional(rows(1))).toBe(null);
});

test('figures of some files are told without a recommendation, with what is missing', () => {
	expect(describeProvisional(rows(3))).toMatchObject({
		text: 'So far: Q8_0 picks the same next token as F16 97 % of the time, Q6_K 95 %.',
		detail:
			'No file is recommended until all are measured. Not measured yet: Q5_K_M, Q4_K_M, Q3_K_M, Q4_0, Q2_K and speed.',
		choose: null,
		confidence: 'provisional',
	});
});

test('speeds are added as they are measured', () => {
	const [reference, file] = ladderComparison().rows;
	expect(describeProvisional([reference!, file!])?.text).toBe(
		'So far: Q8_0 picks the same next token as F16 97 % of the time. F16 generates 31 tok/s, Q8_0 53.',
	);
});
