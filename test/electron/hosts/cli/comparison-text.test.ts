import { expect, test } from 'vitest';
import { comparisonText } from '../../../../electron/hosts/cli/comparison-text.ts';
import { ladderComparison } from '../../../support/fake-application/comparison-data.ts';

test('the table says what its ± mean, because the verdict above it means 95 %', () => {
	expect(comparisonText(ladderComparison())).toContain('± is one standard error for KL divergence');
});
