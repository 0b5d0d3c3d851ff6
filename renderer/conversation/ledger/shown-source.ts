import type { StoreApi } from 'zustand/vanilla';

/** A source that an answer names, open beside the thread. */
export interface ShownSource {
	readonly messageId: number;
	readonly number: number;
}

/** Closes the pane of a source and returns the focus to its number in the answer. */
export function closeSource(shownSource: StoreApi<ShownSource | null>): void {
	const shown = shownSource.getState();
	if (shown === null) return;
	shownSource.setState(null, true);
	document.querySelector<HTMLElement>(`[data-message="${shown.messageId}"] [data-source="${shown.number}"]`)?.focus();
}
