import { type RefObject, useEffect, useRef } from 'react';

/**
 * Returns a ref for the element that opened an editor. When `open` ends and the focus was lost with the editor, the
 * focus returns to it instead of the start of the page.
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
