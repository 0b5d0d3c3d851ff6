import { expect, test } from 'vitest';
import { chooseTicks, differenceScale } from '../../../../renderer/evaluation/result/difference-chart.tsx';

const mark = (low: number, high: number) => ({
	key: 'a',
	label: 'a',
	difference: (low + high) / 2,
	low,
	high,
	clear: false,
});

test.each([
	[-5, 90, 420],
	[-62, 84, 320],
	[-0.4, 0.3, 260],
	[-100, 100, 180],
])('from %d to %d, labels on %d px keep their distance and are six at most', (low, high, width) => {
	const x = differenceScale([mark(low, high)], { from: 80, to: 80 + width, most: 100 });
	const ticks = chooseTicks(x);
	expect(ticks.length).toBeGreaterThan(0);
	expect(ticks.length).toBeLessThanOrEqual(6);
	for (const [index, tick] of ticks.entries()) {
		if (index > 0) expect(x(tick) - x(ticks[index - 1] ?? 0)).toBeGreaterThanOrEqual(48);
	}
});
