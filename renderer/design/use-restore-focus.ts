import { type RefObject, useEffect, useRef } from 'react';

/**
 * What opened an editor that stood in a place of its own. When `open` ends and the focus went with what closed, it goes back
 * there instead of to the beginning of the page.
 */
export function useRestoreFocus<E extends HTMLElement>(open: boolean): RefObject<E | null> {
	const opener = useRef<E>(null);
	const wasOpen = useRef(open);
	useEffect(() => {
		if (wasOpen.current && !open && document.activeElement === document.body) opener.current?.focus();
		wasOpen.current = open;
	}, [open]);
	return opener;
}
