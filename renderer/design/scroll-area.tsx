import { type ReactNode, useLayoutEffect, useRef, useState } from 'react';

/** A box that scrolls sideways or down; focusable only while there is something to scroll. */
export function Scroller({
	label,
	as: Element = 'div',
	className = '',
	children,
}: {
	label: string;
	/** 'span' within a paragraph. */
	as?: 'div' | 'span';
	className?: string;
	children: ReactNode;
}) {
	const box = useRef<HTMLDivElement & HTMLSpanElement>(null);
	const [scrolls, setScrolls] = useState(false);
	useLayoutEffect(() => {
		const element = box.current;
		if (element === null) return;
		const check = () =>
			setScrolls(element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1);
		const observer = new ResizeObserver(check);
		observer.observe(element);
		if (element.firstElementChild) observer.observe(element.firstElementChild);
		return () => observer.disconnect();
	}, []);
	return (
		<Element
			ref={box}
			role="group"
			aria-label={label}
			className={`scroller ${className}`}
			{...(scrolls ? { tabIndex: 0 } : {})}
		>
			{children}
		</Element>
	);
}
