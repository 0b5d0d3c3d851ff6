import { expect, test } from 'vitest';
import { settingsSchema } from '../../../electron/contract/settings/schema.ts';
import { findNextTextSize, textSizes } from '../../../renderer/settings/appearance.ts';

test('every text size to choose from can be stored', () => {
	for (const textSize of textSizes) expect(settingsSchema.shape.textSize.safeParse(textSize).success).toBe(true);
});

test('the next text size is the next step, also from a size between two; the last size stays', () => {
	expect(findNextTextSize(100, 1)).toBe(115);
	expect(findNextTextSize(100, -1)).toBe(85);
	expect(findNextTextSize(120, 1)).toBe(130);
	expect(findNextTextSize(150, 1)).toBe(150);
	expect(findNextTextSize(85, -1)).toBe(85);
});
