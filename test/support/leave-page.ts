import { vi } from 'vitest';

/** Gives the test a page that listens for its end; returns the function that leaves it. */
export function pageToLeave(): () => void {
	const page = new EventTarget();
	vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
	vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page));
	return () => void page.dispatchEvent(new Event('pagehide'));
}
