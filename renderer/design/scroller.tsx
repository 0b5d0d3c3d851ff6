import { type ReactNode, useLayoutEffect, useRef, useState } from 'react';

/** A box that scrolls sideways or down; it takes the keyboard's focus only while there is something to scroll. */
export function Scroller({
	label,
	className = '',
	children,
}: {
	label: string;
	className?: string;
	children: ReactNode;
}) {
	const box = useRef<HTMLDivElement>(null);
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
		// biome-ignore lint/a11y/useSemanticElements: a fieldset is for form controls; this groups what scrolls
		<div
			ref={box}
			role="group"
			aria-label={label}
			className={`scroller ${className}`}
			{...(scrolls ? { tabIndex: 0 } : {})}
		>
			{children}
		</div>
	);
}
