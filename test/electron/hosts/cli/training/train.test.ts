import { expect, test } from 'vitest';
import { checkText } from '../../../../../electron/hosts/cli/training/train.ts';
import { buildTrainingCheck } from '../../../../support/fake-application/training/data.ts';

test('the check of a training says how many samples are left out, and why', () => {
	const text = checkText(
		buildTrainingCheck({
			duplicates: { count: 1, keys: ['1'] },
			unusable: { count: 2, keys: ['2', '3'] },
			refused: { count: 1, keys: ['4'] },
		}),
	);
	expect(text).toContain('1 duplicate left out\n2 samples left out: no answer to learn\n');
	expect(text).toContain('refuses the roles of 1 sample');
	expect(checkText(buildTrainingCheck())).not.toContain('no answer to learn');
});
