import { expect, test } from 'vitest';
import { exportComparison } from '../../../../electron/comparison/export.ts';
import type { Comparison, ComparisonRow } from '../../../../electron/contract/comparison/schema.ts';
import { comparisonText } from '../../../../electron/hosts/cli/comparison-text.ts';
import { ladderComparison } from '../../../support/fake-application/comparison-data.ts';

const markdownOf = (comparison: Comparison): string => exportComparison(comparison, 'markdown').text;

test('the table says what its ± mean, because the verdict above it means 95 %', () => {
	expect(comparisonText(ladderComparison())).toContain('± is one standard error for KL divergence');
});

test('a speed that was measured once has no ±, in the table and in the export', () => {
	const comparison = ladderComparison();
	const once = (speed: ComparisonRow['generation']) => speed && { ...speed, sd: 0, samples: [speed.median] };
	const rows = comparison.rows.map((row) => ({ ...row, prompt: once(row.prompt), generation: once(row.generation) }));
	const generation = rows[0]!.generation!.median.toFixed(1);
	for (const text of [comparisonText, markdownOf]) {
		expect(text(comparison)).toMatch(new RegExp(`${generation} ± \\d`));
		expect(text({ ...comparison, rows })).toContain(generation);
		expect(text({ ...comparison, rows })).not.toContain(`${generation} ±`);
	}
});
