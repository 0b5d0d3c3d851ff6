import { type RefObject, useEffect } from 'react';
import { findRanges } from './matches.ts';

/** The name under which base.css paints what was found. */
const name = 'found';

/** Nearer than this to the edge of what is seen, words are hard to read, px. */
const edge = 24;

/**
 * Marks the words wherever they are drawn among the messages, now and as messages come into view. `wanted` is the
 * message that is gone to: the first of the words in it is brought into view as soon as it is drawn.
 */
export function useHighlightedMatches(typed: string, wanted: RefObject<number | null>): void {
	useEffect(() => {
		const box = document.querySelector('[data-messages]');
		if (box === null || !('highlights' in CSS)) return;
		let frame = 0;
		function mark(): void {
			if (box === null) return;
			const marks = new Highlight();
			for (const range of findRanges(box, typed)) marks.add(range);
			CSS.highlights.set(name, marks);
			const row = box.querySelector(`[data-message="${wanted.current}"]`);
			const first = row === null ? undefined : findRanges(row, typed)[0];
			if (first === undefined) return;
			wanted.current = null;
			const [seen, place] = [box.getBoundingClientRect(), first.getBoundingClientRect()];
			if (place.top < seen.top + edge || place.bottom > seen.bottom - edge)
				box.scrollTop += place.top - seen.top - box.clientHeight / 2;
		}
		function soon(): void {
			cancelAnimationFrame(frame);
			frame = requestAnimationFrame(mark);
		}
		const observer = new MutationObserver(soon);
		observer.observe(box, { childList: true, subtree: true, characterData: true });
		soon();
		return () => {
			observer.disconnect();
			cancelAnimationFrame(frame);
			CSS.highlights.delete(name);
		};
	}, [typed, wanted]);
}
