import { useVirtualizer, type VirtualItem } from '@tanstack/react-virtual';
import { type KeyboardEvent, type RefObject, useEffect, useRef } from 'react';
import type { RowList } from './use-rows.ts';

export interface VirtualRows {
	/** The scrolling box. */
	readonly box: RefObject<HTMLDivElement | null>;
	readonly count: number;
	/** Rows to draw, and the heights to leave before and after them, px. */
	readonly items: readonly VirtualItem[];
	readonly before: number;
	readonly after: number;
	/** Moves the selection by arrows, pages, Home and End. */
	readonly press: (event: KeyboardEvent) => void;
}

/** Samples as rows of one height, px: only those in view are fetched and drawn, and the selected one stays in view. */
export function useVirtualRows(
	rows: RowList,
	{ rowHeight, overscan }: { readonly rowHeight: number; readonly overscan: number },
	selected: number,
	onSelect: (index: number) => void,
): VirtualRows {
	const box = useRef<HTMLDivElement>(null);
	const count = rows.total ?? 0;
	const virtualizer = useVirtualizer({
		count,
		getScrollElement: () => box.current,
		estimateSize: () => rowHeight,
		overscan,
	});
	const items = virtualizer.getVirtualItems();
	const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
	const { want } = rows;
	useEffect(() => want(first, last), [want, first, last]);
	useEffect(() => {
		if (selected < count) virtualizer.scrollToIndex(selected);
	}, [selected, count, virtualizer]);

	function press(event: KeyboardEvent): void {
		const page = Math.max(1, Math.floor((box.current?.clientHeight ?? 0) / rowHeight) - 2);
		const to = {
			ArrowDown: selected + 1,
			ArrowUp: selected - 1,
			PageDown: selected + page,
			PageUp: selected - page,
			Home: 0,
			End: count - 1,
		}[event.key];
		if (to === undefined) return;
		event.preventDefault();
		const next = Math.max(0, Math.min(count - 1, to));
		onSelect(next);
		virtualizer.scrollToIndex(next);
		requestAnimationFrame(() =>
			box.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus({ preventScroll: true }),
		);
	}
	return {
		box,
		count,
		items,
		before: items[0]?.start ?? 0,
		after: virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0),
		press,
	};
}

/** Takes the place of the rows that are not drawn. */
export function SpaceForRows({ height, columns }: { height: number; columns: number }) {
	if (height === 0) return null;
	return (
		<tr aria-hidden style={{ height }}>
			<td colSpan={columns} />
		</tr>
	);
}
