import { type RefObject, useLayoutEffect, useState } from 'react';

/**
 * Returns the width of an element in CSS pixels, kept up to date; 0 before the first layout. Charts use it to draw in
 * real pixels.
 */
export function useElementWidth(element: RefObject<HTMLElement | null>): number {
	const [width, setWidth] = useState(0);
	useLayoutEffect(() => {
		const box = element.current;
		if (box === null) return;
		const observer = new ResizeObserver(() => setWidth(box.clientWidth));
		observer.observe(box);
		setWidth(box.clientWidth);
		return () => observer.disconnect();
	}, [element]);
	return width;
}
