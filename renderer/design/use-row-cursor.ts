import { type KeyboardEvent, type RefObject, useEffect, useRef } from 'react';

export interface RowCursor {
	/** The row where the keys are, ahead of what is fetched. */
	readonly at: () => number;
	/** Chooses a row, brings it into sight and gives it the focus. */
	readonly go: (to: number) => void;
	/** Goes where a key leads (arrows, J, K, pages, ends); false: it leads nowhere. */
	readonly follow: (event: KeyboardEvent) => boolean;
}

/** Keys of a table of which only the rows in sight are drawn; rows carry `data-row-index`. Heights in px. */
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

	// Reached by Tab while none is chosen, the keys are where the focus is.
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

/** The row may only be drawn once the box has scrolled to it. */
function focusRow(box: HTMLElement | null, index: number): void {
	requestAnimationFrame(() =>
		requestAnimationFrame(() =>
			box?.querySelector<HTMLElement>(`[data-row-index="${index}"]`)?.focus({ preventScroll: true }),
		),
	);
}
