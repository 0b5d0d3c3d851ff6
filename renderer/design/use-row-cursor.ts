import { type KeyboardEvent, type RefObject, useEffect, useRef } from 'react';

export interface RowCursor {
	/** Returns the row under the keyboard cursor, which may be ahead of the fetched rows. */
	readonly at: () => number;
	/** Selects a row, scrolls it into view and focuses it. */
	readonly go: (to: number) => void;
	/** Moves the cursor for a key (arrows, J, K, Page Up and Down, Home and End); returns false for other keys. */
	readonly follow: (event: KeyboardEvent) => boolean;
}

/** Keyboard cursor for a table that draws only visible rows; rows have `data-row-index`. Heights in px. */
export function useRowCursor(
	box: RefObject<HTMLElement | null>,
	rows: { readonly total: number; readonly rowHeight: number; readonly selected: number | null },
	show: (index: number) => void,
	select: (index: number) => void,
): RowCursor {
	const { total, rowHeight, selected } = rows;
	const cursor = useRef(0);
	useEffect(() => {
		if (selected !== null) cursor.current = selected;
	}, [selected]);

	// If no row is selected and Tab enters the table, the cursor starts at the focused row.
	useEffect(() => {
		const element = box.current;
		if (element === null || selected !== null) return;
		const enter = ({ target }: FocusEvent): void => {
			const row = target instanceof Element ? target.closest<HTMLElement>('[data-row-index]') : null;
			if (row !== null) cursor.current = Number(row.dataset.rowIndex);
		};
		element.addEventListener('focusin', enter);
		return () => element.removeEventListener('focusin', enter);
	}, [box, selected]);

	function go(to: number): void {
		const index = Math.max(0, Math.min(total - 1, to));
		cursor.current = index;
		show(index);
		select(index);
		focusRow(box.current, index);
	}
	function follow(event: KeyboardEvent): boolean {
		const at = cursor.current;
		const screen = Math.max(1, Math.floor((box.current?.clientHeight ?? 280) / rowHeight) - 1);
		const to = {
			ArrowDown: at + 1,
			j: at + 1,
			ArrowUp: at - 1,
			k: at - 1,
			PageDown: at + screen,
			PageUp: at - screen,
			Home: 0,
			End: total - 1,
		}[event.key];
		if (to === undefined) return false;
		event.preventDefault();
		go(to);
		return true;
	}
	return { at: () => cursor.current, go, follow };
}

/** Focuses a row, which may be drawn only after the box has scrolled to it. */
function focusRow(box: HTMLElement | null, index: number): void {
	requestAnimationFrame(() =>
		requestAnimationFrame(() =>
			box?.querySelector<HTMLElement>(`[data-row-index="${index}"]`)?.focus({ preventScroll: true }),
		),
	);
}
