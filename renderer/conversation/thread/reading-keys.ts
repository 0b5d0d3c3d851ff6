import type { Virtualizer } from '@tanstack/react-virtual';
import type { KeyboardEvent } from 'react';

/** Of the height that is seen, how far a page key goes: the last lines stay in sight. */
const pageShare = 0.88;

/**
 * Home, End, Page Up, Page Down and Space in the messages. The browser would glide there, and a message that turns out
 * higher than it was guessed on the way stops the gliding anywhere.
 */
export function scrollByKey(
	event: KeyboardEvent<HTMLElement>,
	virtualizer: Virtualizer<HTMLElement, HTMLDivElement>,
): void {
	const box = event.currentTarget;
	if (event.target !== box || event.ctrlKey || event.altKey || event.metaKey) return;
	const page = box.clientHeight * pageShare;
	switch (event.key) {
		case 'Home':
			virtualizer.scrollToIndex(0, { align: 'start' });
			break;
		case 'End':
			virtualizer.scrollToEnd();
			break;
		case 'PageUp':
			box.scrollTop -= page;
			break;
		case 'PageDown':
			box.scrollTop += page;
			break;
		case ' ':
			box.scrollTop += event.shiftKey ? -page : page;
			break;
		default:
			return;
	}
	event.preventDefault();
}
