/** Browsers draw no element higher than 33,554,432 px (Chromium, 2^25); above this, positions are scaled. px. */
export const maxScrollHeight = 16_000_000;

export interface RowWindow {
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
