import { expect, test } from 'vitest';
import { runConfigSchema } from '../../../../electron/contract/evaluation/run-config.ts';
import {
	findScoreScale,
	formatFilter,
	listScoreFilters,
	type ScoreScale,
} from '../../../../renderer/evaluation/sample/score-scale.ts';

const metric = { value: 0.5, standardError: 0.1, low: 0.4, high: 0.6, n: 10, unscored: 0 };
const config = runConfigSchema.parse({
	dataset: { datasetId: 1 },
	promptVersionIds: [1],
	modelFileIds: [1],
	scorers: [
		{ kind: 'exact' },
		{ kind: 'judge', name: 'beats', modelFileId: 1, rubric: 'Better?', scale: 'pair' },
		{ kind: 'judge', name: 'grade', modelFileId: 1, rubric: 'Good?', scale: 'grade' },
		{ kind: 'levenshtein' },
		{ kind: 'javascript', code: 'function score() { return 1; }' },
	],
	criteria: [{ metric: 'grade', operator: 'at-least', value: 0.8 }],
});
const named = (scale: ScoreScale) => listScoreFilters(scale).map((filter) => formatFilter(filter, scale));

test('answers are right or wrong, pairs are won, tied or lost, and grades are full or reach the criterion', () => {
	expect(named(findScoreScale(config, 'exact', []))).toEqual(['Right', 'Wrong']);
	expect(named(findScoreScale(config, 'beats', []))).toEqual(['Wins', 'Ties', 'Losses']);
	expect(named(findScoreScale(config, 'levenshtein', []))).toEqual(['Full score', 'Less']);
	expect(named(findScoreScale(config, 'grade', []))).toEqual(['80\u00A0% or more', 'Below 80\u00A0%']);
	expect(named(findScoreScale(config, 'levenshtein', [{ ...metric, method: 'Wilson' }]))).toEqual(['Right', 'Wrong']);
	expect(formatFilter('gained', findScoreScale(config, 'exact', []))).toBe('Fixed');
	expect(formatFilter('gained', findScoreScale(config, 'beats', []))).toBe('Better');
});

test('scores of a user’s function are named by their range', () => {
	const of = (one: object) => named(findScoreScale(config, 'javascript', [{ ...metric, method: 'normal', ...one }]));
	expect(of({ method: 'Wilson' })).toEqual(['Right', 'Wrong']);
	expect(of({})).toEqual(['Full score', 'Less']);
	expect(of({ value: 7, low: 6, high: 8 })).toEqual([]);
});
