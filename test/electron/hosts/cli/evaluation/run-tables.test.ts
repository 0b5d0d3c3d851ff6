import { expect, test } from 'vitest';
import { notScored, runText } from '../../../../../electron/hosts/cli/evaluation/run-tables.ts';
import { fakeRun } from '../../../../support/fake-application/evaluation-data.ts';

test('a scorer that could not score some combinations is reported with those combinations', () => {
	const { run } = fakeRun(1, 'x', [
		{ model: 'small', version: 4, values: [1, 0] },
		{ model: 'small', version: 5, values: [1, 1] },
	]);
	const [first, second] = run.arms;
	const [scorer = ''] = run.scorers;
	expect(notScored(run)).toEqual([]);
	const bare = { ...second!, metrics: {} };
	expect(notScored({ ...run, arms: [first!, bare] })).toContain(`“${scorer}” could score no answer of ${bare.label}`);
	expect(notScored({ ...run, arms: [bare] })).toContain(`“${scorer}” could score no answer`);
});

test('a run of several combinations names the command that compares them', () => {
	const arms = [4, 5].map((version) => ({ model: 'small' as const, version, values: [1, 0] }));
	expect(runText(fakeRun(1, 'x', arms).run)).toContain('\nWhich combination is better: assay eval compare 1');
	expect(runText(fakeRun(1, 'x', arms.slice(1)).run)).not.toContain('assay eval compare');
});
