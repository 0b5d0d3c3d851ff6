import { describe, expect, test } from 'vitest';
import { emptyFilter, isNarrowed, toReportQuery } from '../../../renderer/feedback/feedback-filter.ts';
import { describeComparison } from '../../../renderer/feedback/model-shares.tsx';

const noon = new Date(2026, 10, 24, 12, 0).getTime();

describe('the filter of the feedback screen', () => {
	test('leaves out unset fields', () => {
		expect(toReportQuery({ ...emptyFilter, prompt: '  ' }, noon)).toEqual({ rating: 'any' });
		expect(isNarrowed({ ...emptyFilter, rating: 'up' })).toBe(false);
		expect(isNarrowed({ ...emptyFilter, tag: 'too-long' })).toBe(true);
	});

	test('counts whole local days, including the last one', () => {
		const from = (days: 1 | 7 | 30) => toReportQuery({ ...emptyFilter, period: { kind: 'days', days } }, noon).from;
		expect(from(1)).toBe(new Date(2026, 10, 24).getTime());
		expect(from(7)).toBe(new Date(2026, 10, 18).getTime());
		expect(
			toReportQuery({ ...emptyFilter, period: { kind: 'between', from: '2026-11-02', to: '2026-11-02' } }, noon),
		).toEqual({ rating: 'any', from: new Date(2026, 10, 2).getTime(), to: new Date(2026, 10, 3).getTime() - 1 });
		expect(toReportQuery({ ...emptyFilter, period: { kind: 'between', from: '', to: '' } }, noon)).toEqual({
			rating: 'any',
		});
	});
});

describe('the comparison in words', () => {
	const side = (quantization: string) => ({
		modelName: 'SmolLM2',
		quantization,
		up: 1,
		down: 1,
		corrected: 0,
		share: 0.5,
		low: 0,
		high: 1,
	});
	const between = { first: side('Q8_0'), second: side('Q4_1') };

	test('names a difference only if its interval excludes zero', () => {
		expect(describeComparison({ ...between, difference: 0.214, low: 0.04, high: 0.37 })).toBe(
			'SmolLM2 Q8_0 is rated good more often than SmolLM2 Q4_1, by 21 points (95 % interval 4 to 37). Their prompts differed, which may explain part of it.',
		);
		expect(describeComparison({ ...between, difference: 0.08, low: -0.12, high: 0.27 })).toBe(
			'The difference of 8 points between SmolLM2 Q8_0 and SmolLM2 Q4_1 could still be chance (95 % interval −12 to 27).',
		);
	});
});
