import { expect, test } from 'vitest';
import { halfWidth95 } from '../../../renderer/comparison/confidence-interval.ts';
import { chooseColumns, sortByColumn, toTabSeparatedRow } from '../../../renderer/comparison/result-columns.ts';
import { ladderComparison } from '../../support/fake-application/comparison-data.ts';

const { rows } = ladderComparison();
const keys = (choice: Record<string, boolean>, width: number): string[] =>
	chooseColumns(rows, choice, width).shown.map(({ key }) => key);

test('a narrow window hides columns, but never one that was chosen', () => {
	expect(keys({}, 1240)).toEqual([
		...['bits', 'size', 'divergence', 'top', 'ratio', 'accuracy', 'prompt', 'generation', 'first', 'memory'],
	]);
	expect(keys({}, 0)).toEqual(['size', 'divergence', 'accuracy', 'generation']);
	expect(keys({ load: true, size: false }, 0)).toEqual(['divergence', 'accuracy', 'generation', 'load']);
});

test('with accuracy and tool calls, other columns are hidden so that the result fits', () => {
	const crowded = rows.map((row) => ({ ...row, toolCalls: row.accuracy }));
	const at = (width: number) => chooseColumns(crowded, {}, width).shown.map(({ key }) => key);
	expect(at(1500)).toEqual(expect.arrayContaining(['bits', 'ratio', 'prompt', 'accuracy', 'tools']));
	expect(at(1240)).toEqual(['size', 'divergence', 'top', 'accuracy', 'tools', 'generation', 'first', 'memory']);
	expect(at(900)).toEqual(['size', 'divergence', 'accuracy', 'tools', 'generation']);
});

test('a column without values is not offered', () => {
	const bare = rows.map((row) => ({ ...row, accuracy: null, felt: null }));
	const { all } = chooseColumns(bare, { accuracy: true }, 1240);
	expect(all.map(({ key }) => key)).not.toContain('accuracy');
	expect(all.map(({ key }) => key)).not.toContain('first');
});

test('a row is copied in a form that spreadsheets accept', () => {
	const { shown } = chooseColumns(rows, {}, 0);
	const row = rows.find(({ name }) => name === 'Q4_K_M')!;
	expect(toTabSeparatedRow(row, shown, 'F16').split('\n')).toEqual([
		'File\tSize, MB\tKL divergence from F16\tAccuracy, points from F16\tGeneration, tok/s\tResult',
		'Q4_K_M\t105\t0.057 ±0.006\t−0.8 (−5.5 to +4.3)\t62.3 ±1.0\tUse this one',
	]);
});

test('rows sort by a column, with unmeasured ones last in both directions', () => {
	const some = rows.map((row) => (row.name === 'Q8_0' ? { ...row, generation: null } : row));
	const names = (down: boolean) => sortByColumn(some, { key: 'generation', down }).map(({ name }) => name);
	expect([names(false)[0], names(false).at(-1)]).toEqual(['F16', 'Q8_0']);
	expect([names(true)[0], names(true).at(-1)]).toEqual(['Q4_0', 'Q8_0']);
});

test('half of a 95 % interval uses Student’s t, and a single value has none', () => {
	const known = [12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.2622, 2.0003] as const;
	for (const [index, freedom] of [1, 2, 3, 4, 5, 9, 60].entries()) {
		expect((halfWidth95(1, freedom + 1) ?? 0) / known[index]!).toBeCloseTo(1, 2);
	}
	expect(halfWidth95(1, 1)).toBeNull();
});
