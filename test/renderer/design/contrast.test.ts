import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { contrast, readTokens, type Theme } from './contrast.ts';

const css = readFileSync(join(import.meta.dirname, '../../../renderer/design/tokens.css'), 'utf8');
const tokens = readTokens(css);

function ratio(theme: Theme, text: string, ...layers: readonly string[]): number {
	const colour = (name: string) => {
		const found = tokens[theme].get(name);
		if (found === undefined) throw new Error(`tokens.css has no colour --${name}`);
		return found;
	};
	return contrast(colour(text), ...layers.map(colour));
}

/**
 * Every surface under text, also with the tint of a row under the pointer or a selected row; bubbles are never
 * selected.
 */
const surfaces = [
	...['canvas', 'surface', 'raised', 'sunken', 'bubble'].flatMap((surface) => [[surface], [surface, 'hover']]),
	...['canvas', 'surface', 'raised'].map((surface) => [surface, 'selected']),
];

const softPairs = [
	['accent-ink', 'accent-soft'],
	['good', 'good-soft'],
	['warn', 'warn-soft'],
	['bad', 'bad-soft'],
	['on-accent', 'accent'],
	['on-accent', 'accent-hover'],
	['ink', 'diff'],
	['ink', 'diff-bad'],
	['ink', 'diff-good'],
	['ink', 'accent-soft'],
	['ink-2', 'accent-soft'],
	['surface', 'ink'],
	['surface', 'bad'],
	...[0, 1, 2, 3, 4].map((step) => ['on-heat', `heat-${step}`]),
	['on-heat-5', 'heat-5'],
	['on-heat-6', 'heat-6'],
] as [string, string][];

describe.each(['light', 'dark'] as const)('contrast in the %s theme', (theme) => {
	test('black on white is 21, and the figures of the design hold', () => {
		const white = { lightness: 1, chroma: 0, hue: 0, alpha: 1 };
		expect(contrast({ ...white, lightness: 0 }, white)).toBeCloseTo(21, 1);
		expect(ratio(theme, 'ink', 'surface')).toBeCloseTo(theme === 'light' ? 16.5 : 14.2, 0);
		expect(ratio(theme, 'ink-3', 'surface')).toBeGreaterThan(6);
	});

	test.each(['ink', 'ink-2', 'ink-3', 'accent-ink', 'good', 'warn', 'bad'])(
		'--%s as text has 4.5 or more on every surface, also hovered and selected',
		(text) => {
			const faults = surfaces
				.map((layers) => ({ on: layers.join(' + '), ratio: ratio(theme, text, ...layers) }))
				.filter((each) => each.ratio < 4.5);
			expect(faults).toEqual([]);
		},
	);

	test.each(['code-keyword', 'code-string', 'code-number', 'code-comment'])(
		'--%s has 4.5 or more on a sunken surface',
		(text) => {
			expect(ratio(theme, text, 'sunken')).toBeGreaterThanOrEqual(4.5);
		},
	);

	test.each(softPairs)('--%s on --%s has 4.5 or more', (text, back) => {
		expect(ratio(theme, text, 'surface', back)).toBeGreaterThanOrEqual(4.5);
	});

	test.each(['control', 'focus', 'series-1', 'series-2', 'series-3', 'series-4'])(
		'--%s has 3 or more as a mark',
		(mark) => {
			expect(ratio(theme, mark, 'surface')).toBeGreaterThanOrEqual(3);
		},
	);
});
