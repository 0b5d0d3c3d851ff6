import { type RefObject, useCallback, useLayoutEffect, useState } from 'react';
import { type RowWindow, rowWindow, scrollTopFor } from './row-window.ts';

/** Rows of one height in a box that scrolls: which to draw now, and how to bring one into sight. */
export function useRowWindow(
	box: RefObject<HTMLElement | null>,
	total: number,
	rowHeight: number,
): RowWindow & { readonly show: (index: number) => void } {
	const [view, setView] = useState({ scrollTop: 0, boxHeight: 600 });
	useLayoutEffect(() => {
		const element = box.current;
		if (element === null) return;
		const measure = () =>
			setView((before) =>
				before.scrollTop === element.scrollTop && before.boxHeight === element.clientHeight
					? before
					: { scrollTop: element.scrollTop, boxHeight: element.clientHeight },
			);
		measure();
		element.addEventListener('scroll', measure, { passive: true });
		const observer = new ResizeObserver(measure);
		observer.observe(element);
		return () => {
			element.removeEventListener('scroll', measure);
			observer.disconnect();
		};
	}, [box]);
	const show = useCallback(
		(index: number) => {
			const element = box.current;
			if (element === null) return;
			const now = { scrollTop: element.scrollTop, boxHeight: element.clientHeight };
			element.scrollTop = scrollTopFor(index, now, total, rowHeight);
		},
		[box, total, rowHeight],
	);
	return { ...rowWindow(view, total, rowHeight), show };
}
