import { expect, test } from 'vitest';
import type { Quality } from '../../../electron/contract/comparison/schema.ts';
import { describeMostDamaged } from '../../../renderer/comparison/damage-table.tsx';

const file = (losses: Readonly<Record<string, number>>) => ({
	quality: Object.entries(losses).map(([category, klDivergence]) => ({ category, klDivergence }) as Quality),
});

test('the kinds that lose most and least are named', () => {
	const files = [file({ code: 0.3, prose: 0.1 }), file({ code: 0.5, prose: 0.1 })];
	expect(describeMostDamaged(files, ['code', 'prose'])).toBe(
		'Code loses most, 1.6 times the mean of all kinds. Prose loses least.',
	);
});

test('one kind alone, kinds that not every file was measured on, and equal ones say nothing', () => {
	expect(describeMostDamaged([file({ code: 0.3 })], ['code'])).toBe('');
	expect(describeMostDamaged([file({ code: 0.3, prose: 0.1 }), file({ code: 0.3 })], ['code', 'prose'])).toBe('');
	expect(describeMostDamaged([file({ code: 0.2, prose: 0.21 })], ['code', 'prose'])).toBe('');
	expect(describeMostDamaged([file({ code: 0, prose: 0 })], ['code', 'prose'])).toBe('');
	expect(describeMostDamaged([], [])).toBe('');
});
