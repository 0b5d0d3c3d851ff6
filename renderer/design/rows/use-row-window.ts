import { type RefObject, useCallback, useLayoutEffect, useState } from 'react';
import { computeRowWindow, computeScrollTop, type RowWindow } from './row-window.ts';

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
