import { type RefObject, useEffect, useEffectEvent } from 'react';

/**
 * Keeps the end in sight when the room for it changes: a notice above the composer, or a longer draft, takes some of it
 * away. Only while one reads at the end; `jumped` says whether one was led elsewhere at first.
 */
export function useStickToEnd(
	box: RefObject<HTMLElement | null>,
	toEnd: () => void,
	{ threshold, jumped }: { threshold: number; jumped: () => boolean },
): void {
	const keep = useEffectEvent(toEnd);
	const wasLed = useEffectEvent(jumped);
	useEffect(() => {
		const element = box.current;
		if (element === null) return;
		let reading = !wasLed();
		// Less room is no scrolling: only a person, or this, changes where one reads.
		const onScroll = (): void => {
			reading = element.scrollHeight - element.scrollTop - element.clientHeight <= threshold;
		};
		// The first call only says how large it is; where the view begins is decided elsewhere.
		let known = false;
		const observer = new ResizeObserver(() => {
			if (known && reading) keep();
			known = true;
		});
		element.addEventListener('scroll', onScroll, { passive: true });
		observer.observe(element);
		return () => {
			element.removeEventListener('scroll', onScroll);
			observer.disconnect();
		};
	}, [box, threshold]);
}
