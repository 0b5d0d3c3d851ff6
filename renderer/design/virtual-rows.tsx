import { type RefObject, useCallback, useLayoutEffect, useState } from 'react';

/** Stands in a table for the rows that are out of sight; `height` in px. */
export function RowGap({ height }: { height: number }) {
	return height <= 0 ? null : <tr aria-hidden style={{ height }} />;
}

/** Browsers draw no element higher than 33,554,432 px (Chromium, 2^25); above this, positions are scaled. px. */
export const maxScrollHeight = 16_000_000;

interface RowWindow {
	/** Height of all of the rows together, as the scroll bar shows it; px. */
	readonly height: number;
	/** The first row to draw, and the one after the last. */
	readonly first: number;
	readonly end: number;
	/** Where the first row to draw stands from the top of all; px. */
	readonly top: number;
}

/**
 * Which of `total` rows are in sight of a box that is `boxHeight` px high and scrolled to `scrollTop`. Of more rows than
 * an element can be high the scroll bar covers all, each pixel standing for more of them.
 */
export function computeRowWindow(
	{ scrollTop, boxHeight }: { scrollTop: number; boxHeight: number },
	total: number,
	rowHeight: number,
	overscan = 10,
): RowWindow {
	const real = total * rowHeight;
	const height = Math.min(real, maxScrollHeight);
	const scale = scaleOf(real, boxHeight);
	const top = Math.min(Math.max(0, scrollTop), Math.max(0, height - boxHeight));
	const realTop = top * scale;
	const first = Math.max(0, Math.floor(realTop / rowHeight) - overscan);
	const end = Math.min(total, Math.ceil((realTop + boxHeight) / rowHeight) + overscan);
	return { height, first, end, top: top + (first * rowHeight - realTop) };
}

/** Where to scroll so that a row is in sight: unchanged where it is already; px. */
export function computeScrollTop(
	index: number,
	{ scrollTop, boxHeight }: { scrollTop: number; boxHeight: number },
	total: number,
	rowHeight: number,
): number {
	const scale = scaleOf(total * rowHeight, boxHeight);
	const realTop = scrollTop * scale;
	const start = index * rowHeight;
	if (start < realTop) return start / scale;
	if (start + rowHeight > realTop + boxHeight) return (start + rowHeight - boxHeight) / scale;
	return scrollTop;
}

/** How many real pixels one pixel of the scroll bar stands for. */
function scaleOf(real: number, boxHeight: number): number {
	return real <= maxScrollHeight ? 1 : (real - boxHeight) / (maxScrollHeight - boxHeight);
}

/**
 * Rows of one height in a box that scrolls below a head that stays (`headHeight`, px): which to draw now, and how to bring
 * one into sight.
 */
export function useRowWindow(
	box: RefObject<HTMLElement | null>,
	total: number,
	rowHeight: number,
	headHeight: number,
): RowWindow & { readonly show: (index: number) => void } {
	const [view, setView] = useState({ scrollTop: 0, boxHeight: 600 });
	useLayoutEffect(() => {
		const element = box.current;
		if (element === null) return;
		const measure = () =>
			setView((before) =>
				before.scrollTop === element.scrollTop && before.boxHeight === element.clientHeight - headHeight
					? before
					: { scrollTop: element.scrollTop, boxHeight: element.clientHeight - headHeight },
			);
		measure();
		element.addEventListener('scroll', measure, { passive: true });
		const observer = new ResizeObserver(measure);
		observer.observe(element);
		return () => {
			element.removeEventListener('scroll', measure);
			observer.disconnect();
		};
	}, [box, headHeight]);
	const show = useCallback(
		(index: number) => {
			const element = box.current;
			if (element === null) return;
			const now = { scrollTop: element.scrollTop, boxHeight: element.clientHeight - headHeight };
			element.scrollTop = computeScrollTop(index, now, total, rowHeight);
		},
		[box, total, rowHeight, headHeight],
	);
	return { ...computeRowWindow(view, total, rowHeight), show };
}
