import { useSyncExternalStore } from 'react';
import { isPageAtLeast, onPageWidth } from '../design/page-width.ts';

/** Widths of the page in its own pixels: `wide` from 1100 px, `medium` from 820, `narrow` below. */
export type WindowWidth = 'wide' | 'medium' | 'narrow';

/** From this width, in px, the list is a pane rather than an overlay. */
const mediumFrom = 820;
/** From this width, in px, the inspector is a pane rather than an overlay. */
const wideFrom = 1100;

/** Whether the list has a pane of its own now. */
export function hasRoomForList(): boolean {
	return isPageAtLeast(mediumFrom);
}

/** Whether the inspector has a pane of its own now. */
export function hasRoomForInspector(): boolean {
	return isPageAtLeast(wideFrom);
}

/** Returns the width of the page now; the component renders again when it changes. */
export function useWindowWidth(): WindowWidth {
	return useSyncExternalStore(onPageWidth, () =>
		hasRoomForInspector() ? 'wide' : hasRoomForList() ? 'medium' : 'narrow',
	);
}
