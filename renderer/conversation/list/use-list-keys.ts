import { type KeyboardEvent, type RefObject, useEffect, useMemo, useRef } from 'react';
import type { Conversation } from '../../../electron/contract/conversation/schema.ts';
import { useRowKeys } from '../../design/use-row-keys.ts';
import { useServices } from '../../services.ts';
import type { RowEvents } from './conversation-row.tsx';
import type { ListRow } from './list-rows.ts';

/**
 * Handles the list's keys: arrows move, with Shift they select, Ctrl A selects everything fetched, Esc clears the
 * selection. If a key removes a row, the next one takes the focus.
 */
export function useListKeys(
	rows: readonly ListRow[],
	box: RefObject<HTMLElement | null>,
	openMenu: (conversation: Conversation) => void,
): { readonly keys: { onKeyDown: (event: KeyboardEvent<HTMLElement>) => void }; readonly events: RowEvents } {
	const { selection } = useServices();
	const rowKeys = useRowKeys();
	const latest = useRef({ order: [] as readonly number[], openMenu });
	latest.current = { order: listOrder(rows), openMenu };
	/** Index of the row that is being removed. */
	const left = useRef<number | null>(null);
	// biome-ignore lint/correctness/useExhaustiveDependencies: `rows` is what changed
	useEffect(() => {
		const index = left.current;
		if (index === null || document.activeElement !== document.body) return;
		left.current = null;
		const items = [...(box.current?.querySelectorAll<HTMLElement>('[data-index]') ?? [])];
		const at = (item: HTMLElement) => Number(item.dataset.index);
		const next = items.toSorted((a, b) => at(a) - at(b)).filter((item) => item.querySelector('[data-row]') !== null);
		const item = next.find((one) => at(one) >= index) ?? next.at(-1);
		item?.querySelector<HTMLElement>('[data-row]')?.focus();
	}, [rows, box]);
	const events = useMemo<RowEvents>(
		() => ({
			extendTo: (id) => selection.extend(latest.current.order, id),
			leaving(element) {
				const index = element.closest<HTMLElement>('[data-index]')?.dataset.index;
				left.current = index === undefined ? null : Number(index);
			},
			openMenu: (conversation) => latest.current.openMenu(conversation),
		}),
		[selection],
	);
	function onKeyDown(event: KeyboardEvent<HTMLElement>): void {
		if (event.key === 'Escape' && selection.state.getState().ids.size > 0) {
			event.preventDefault();
			selection.clear();
			return;
		}
		if ((event.ctrlKey || event.metaKey) && event.key === 'a') {
			event.preventDefault();
			selection.set(latest.current.order);
			return;
		}
		const from = idOf(document.activeElement);
		rowKeys.onKeyDown(event);
		const to = idOf(document.activeElement);
		if (!event.shiftKey || from === null || to === null || from === to) return;
		if (selection.state.getState().anchor === null) selection.set([from]);
		selection.extend(latest.current.order, to);
	}
	return { keys: { onKeyDown }, events };
}

function listOrder(rows: readonly ListRow[]): readonly number[] {
	return rows.flatMap((row) => (row.kind === 'conversation' ? [row.conversation.id] : []));
}

function idOf(element: Element | null): number | null {
	const id = element instanceof HTMLElement ? element.dataset.id : undefined;
	return id === undefined ? null : Number(id);
}
