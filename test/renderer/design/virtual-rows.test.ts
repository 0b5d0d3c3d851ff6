import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { computeRowWindow, computeScrollTop, maxScrollHeight } from '../../../renderer/design/virtual-rows.tsx';

const rowHeight = 28;

describe('drawn rows of a table', () => {
	test('a short table is drawn in full', () => {
		expect(computeRowWindow({ scrollTop: 0, boxHeight: 600 }, 5, rowHeight)).toEqual({
			height: 140,
			first: 0,
			end: 5,
			top: 0,
		});
	});

	test('of 1,000 rows only the visible ones and a few around them are drawn', () => {
		expect(computeRowWindow({ scrollTop: 2_800, boxHeight: 560 }, 1_000, rowHeight, 10)).toEqual({
			height: 28_000,
			first: 90,
			end: 130,
			top: 2_520,
		});
	});

	test('ten million rows fit a browser’s largest height, and the last one can be reached', () => {
		const total = 10_000_000;
		const bottom = computeRowWindow({ scrollTop: maxScrollHeight, boxHeight: 600 }, total, rowHeight);
		expect(bottom.height).toBe(maxScrollHeight);
		expect(bottom.end).toBe(total);
		expect(bottom.top + (bottom.end - bottom.first) * rowHeight).toBeCloseTo(maxScrollHeight, 3);
	});

	test('any row scrolled to is inside the box afterwards', () => {
		fc.assert(
			fc.property(
				fc.integer({ min: 1, max: 20_000_000 }),
				fc.double({ min: 0, max: 1, noNaN: true }),
				fc.double({ min: 0, max: 1, noNaN: true }),
				fc.integer({ min: 100, max: 1_200 }),
				(total, where, from, boxHeight) => {
					const index = Math.min(total - 1, Math.floor(where * total));
					const { height } = computeRowWindow({ scrollTop: 0, boxHeight }, total, rowHeight);
					const before = { scrollTop: from * Math.max(0, height - boxHeight), boxHeight };
					const scrollTop = computeScrollTop(index, before, total, rowHeight);
					const window = computeRowWindow({ scrollTop, boxHeight }, total, rowHeight);
					const start = window.top + (index - window.first) * rowHeight;
					const top = Math.min(Math.max(0, scrollTop), Math.max(0, window.height - boxHeight));
					expect(index).toBeGreaterThanOrEqual(window.first);
					expect(index).toBeLessThan(window.end);
					expect(start).toBeGreaterThanOrEqual(top - 0.01);
					expect(start + rowHeight).toBeLessThanOrEqual(top + Math.max(boxHeight, rowHeight) + 0.01);
				},
			),
		);
	});
});
