import { type RefObject, useCallback, useLayoutEffect, useState } from 'react';

/** Space in a table for the rows out of view; `height` in px. */
export function RowGap({ height }: { height: number }) {
	return height <= 0 ? null : <tr aria-hidden style={{ height }} />;
}

/**
 * Tallest scroll area, in px: browsers draw no element higher than 33,554,432 px (Chromium, 2^25). Above this,
 * positions are scaled.
 */
export const maxScrollHeight = 16_000_000;

interface RowWindow {
	/** Height of all rows together, as the scroll bar shows it, in px. */
	readonly height: number;
	/** The first row to draw, and the one after the last. */
	readonly first: number;
	readonly end: number;
	/** Distance of the first drawn row from the top, in px. */
	readonly top: number;
}

/**
 * Computes which of `total` rows are visible in a box `boxHeight` px high and scrolled to `scrollTop`. If the rows are
 * higher than an element can be, the scroll bar is scaled to cover all of them.
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

/** Computes the scroll position, in px, that makes a row visible; unchanged if it already is. */
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

/** Returns the real pixels per pixel of the scroll bar. */
function scaleOf(real: number, boxHeight: number): number {
	return real <= maxScrollHeight ? 1 : (real - boxHeight) / (maxScrollHeight - boxHeight);
}

/**
 * Windows rows of equal height in a box that scrolls below a fixed header (`headHeight`, px): which rows to draw now,
 * and how to scroll one into view.
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
