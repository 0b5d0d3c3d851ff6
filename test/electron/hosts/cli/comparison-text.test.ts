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

test('tool calls have both ends of an uneven interval, in the table and in the exports', () => {
	const comparison = ladderComparison();
	const metric = { ...comparison.rows[0]!.accuracy!.metric!, value: 5 / 6, low: 0.4365, high: 0.9699, n: 6 };
	const pair = { ...comparison.rows.find(({ accuracy }) => accuracy?.paired != null)!.accuracy!.paired! };
	const paired = { ...pair, difference: -1 / 6, low: -0.5642, high: 0.2517 };
	const rows = comparison.rows.map((row) => ({
		...row,
		toolCalls: { armId: 1, metric, paired: row.reference ? null : paired },
	}));
	expect(comparisonText({ ...comparison, rows })).toContain('83.3 % (-16.7, -56.4 to +25.2)');
	expect(markdownOf({ ...comparison, rows })).toContain('| 0.833 (0.436 to 0.970) | -0.167 (-0.564 to 0.252) |');
	const csv = exportComparison({ ...comparison, rows }, 'csv').text;
	const [head, , second] = csv.split('\r\n');
	expect(head).toContain('"tool calls","tool calls ±","tool calls low","tool calls high","tool calls difference"');
	expect(second).toMatch(/,0\.4365,0\.9699,-0\.16666666666666666,0\.40\d+,-0\.5642,0\.2517,/);
});
