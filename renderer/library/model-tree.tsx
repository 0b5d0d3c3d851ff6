import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { ModelFile } from '../../electron/contract/library/schema.ts';
import { useWindowWidth } from '../app/use-window-width.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { removeModel } from './model-actions.ts';
import { rowKey, type Sorting, type TreeRow } from './model-rows.ts';
import { ColumnHead, type TreeColumns } from './tree-columns.tsx';
import { AttentionRow, BrokenRow, FileRow, GroupRow, SumRow } from './tree-rows.tsx';

/** Above this number of rows, only those on the screen are drawn. */
const mostDrawn = 200;

/** Heights before a row is drawn, px. */
const heights = { group: 40, file: 36, sum: 220, attention: 40, broken: 42 } as const;

/** Rows that the keyboard stops at; a breakdown belongs to the row above it. */
const isStop = ({ kind }: TreeRow): boolean => kind !== 'sum';

const controls = 'button, a[href], input, select, textarea';

/** Models on this computer with their files: a tree that is walked with the arrow keys. */
export function ModelTree({
	rows,
	columns,
	sorting,
	selected,
	scroller,
}: {
	rows: readonly TreeRow[];
	columns: TreeColumns;
	sorting: Sorting;
	/** Id of the file in the inspector. */
	selected: number | null;
	/** The element that scrolls. */
	scroller: RefObject<HTMLElement | null>;
}) {
	const services = useServices();
	const { models } = services;
	const { setState } = models.view;
	const wide = useWindowWidth() === 'wide';
	const table = useRef<HTMLTableElement>(null);
	const [at, setAt] = useState<string | null>(null);
	// Downloads and scans come and go above the list. Every scroll redraws, and so reads where the list begins.
	const offset = (table.current?.offsetTop ?? 0) + (table.current?.tHead?.offsetHeight ?? 0);
	const virtual = rows.length > mostDrawn;
	const virtualizer = useVirtualizer({
		count: virtual ? rows.length : 0,
		getScrollElement: () => scroller.current,
		estimateSize: (index) => heights[rows[index]?.kind ?? 'file'],
		getItemKey: (index) => (rows[index] === undefined ? index : rowKey(rows[index])),
		overscan: 12,
		scrollMargin: offset,
	});
	const keys = rows.filter(isStop).map(rowKey);
	const home = selected === null ? undefined : keys.find((key) => key === `file-${selected}`);
	const current = at !== null && keys.includes(at) ? at : (home ?? keys[0] ?? null);

	function elementOf(key: string): HTMLElement | null {
		return table.current?.querySelector<HTMLElement>(`[data-row="${key}"]`) ?? null;
	}
	function go(key: string | undefined): void {
		if (key === undefined) return;
		setAt(key);
		const element = elementOf(key);
		if (element !== null) {
			element.focus();
			return;
		}
		virtualizer.scrollToIndex(rows.findIndex((row) => rowKey(row) === key));
		requestAnimationFrame(() => elementOf(key)?.focus());
	}
	const toggle = (key: string, open: boolean): void =>
		setState(({ opened }) => ({ opened: { ...opened, [key]: open } }));
	const select = (id: number): void => setState({ chosen: id });
	// If the inspector would cover the list, show only the breakdown that the user asked for.
	const toggleSum = (id: number): void =>
		setState(({ open }) => ({ open: open === id ? null : id, ...(wide ? { chosen: id } : {}) }));

	/** Opens, closes or leaves a row to the right and left, as in every tree. */
	function sideways(row: TreeRow, element: HTMLElement, right: boolean): void {
		const inside = [...element.querySelectorAll<HTMLElement>(controls)];
		const held = inside.indexOf(document.activeElement as HTMLElement);
		const branch = row.kind === 'group' ? row.group.key : row.kind === 'attention' ? 'attention' : null;
		const isOpen = (row.kind === 'group' || row.kind === 'attention') && row.open;
		if (right && held === -1 && branch !== null && !isOpen) toggle(branch, true);
		else if (right) inside[held + 1]?.focus();
		else if (held > 0) inside[held - 1]?.focus();
		else if (held === 0) element.focus();
		else if (branch !== null && isOpen) toggle(branch, false);
		else if (row.kind === 'file' && !row.alone) go(`group-${row.group.key}`);
		else if (row.kind === 'broken') go('attention');
	}

	function press(event: KeyboardEvent<HTMLTableElement>): void {
		const element = (event.target as HTMLElement).closest<HTMLElement>('[data-row]');
		const key = element?.dataset.row;
		const row = rows.find((one) => rowKey(one) === key);
		if (element === null || row === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
		if (event.target instanceof HTMLInputElement) return;
		const place = keys.indexOf(key ?? '');
		const onRow = event.target === element;
		const handled = ((): boolean => {
			switch (event.key) {
				case 'ArrowDown':
					go(keys[place + 1]);
					return true;
				case 'ArrowUp':
					go(keys[place - 1]);
					return true;
				case 'Home':
					go(keys[0]);
					return true;
				case 'End':
					go(keys.at(-1));
					return true;
				case 'ArrowRight':
				case 'ArrowLeft':
					sideways(row, element, event.key === 'ArrowRight');
					return true;
				case 'Enter':
				case ' ':
					if (!onRow) return false;
					if (row.kind === 'group') toggle(row.group.key, !row.open);
					else if (row.kind === 'attention') toggle('attention', !row.open);
					else if (row.kind !== 'sum') select(row.file.id);
					return true;
				case 'F2':
					if (row.kind !== 'group' && row.kind !== 'file') return false;
					setState({ renaming: row.group.key });
					return true;
				case 'Delete':
					if (!onRow || (row.kind !== 'file' && row.kind !== 'broken')) return false;
					void remove(row.file);
					return true;
				default:
					return false;
			}
		})();
		if (handled) event.preventDefault();
	}

	/** Keeps the focus in the list: at the row that takes the place of the removed one. */
	async function remove(file: ModelFile): Promise<void> {
		const place = keys.indexOf(`file-${file.id}`);
		await removeModel(services, file);
		go(keys[place + 1] ?? keys[place - 1]);
	}

	// The list scrolls to a model that was chosen elsewhere, e.g. by the command palette.
	const chosen = useStore(models.view, (view) => view.chosen);
	// biome-ignore lint/correctness/useExhaustiveDependencies: only when another one is chosen
	useEffect(() => {
		if (chosen !== null) elementOf(`file-${chosen}`)?.scrollIntoView({ block: 'nearest' });
	}, [chosen]);

	const items = virtualizer.getVirtualItems();
	const drawn = virtual
		? items.flatMap(({ index }) => (rows[index] === undefined ? [] : [{ index, row: rows[index] }]))
		: rows.map((row, index) => ({ index, row }));
	const before = virtual ? (items[0]?.start ?? offset) - offset : 0;
	const after = virtual ? virtualizer.getTotalSize() - ((items.at(-1)?.end ?? offset) - offset) : 0;
	const shared = { columns, current, onSelect: select, onToggle: toggle, measure: virtualizer.measureElement, virtual };
	function draw(row: TreeRow, index: number): ReactNode {
		const common = { ...shared, index, rowKey: rowKey(row) };
		switch (row.kind) {
			case 'group':
				return <GroupRow key={rowKey(row)} {...common} row={row} />;
			case 'file':
				return (
					<FileRow
						key={rowKey(row)}
						{...common}
						row={row}
						selected={row.file.id === selected}
						sumOpen={rows[index + 1]?.kind === 'sum'}
						onToggleSum={toggleSum}
						onRemove={(file) => void remove(file)}
					/>
				);
			case 'sum':
				return <SumRow key={rowKey(row)} {...common} file={row.file} selected={row.file.id === selected} />;
			case 'attention':
				return <AttentionRow key={rowKey(row)} {...common} row={row} />;
			case 'broken':
				return (
					<BrokenRow
						key={rowKey(row)}
						{...common}
						row={row}
						selected={row.file.id === selected}
						onRemove={(file) => void remove(file)}
					/>
				);
		}
	}
	return (
		<table
			ref={table}
			// biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: rows open and close, and are walked with the arrow keys
			role="treegrid"
			aria-label={t('Models on this computer')}
			aria-rowcount={rows.length + 1}
			className="w-full border-separate border-spacing-0"
			onKeyDown={press}
			onFocus={(event) => {
				const key = (event.target as HTMLElement).closest<HTMLElement>('[data-row]')?.dataset.row;
				if (key !== undefined) setAt(key);
			}}
		>
			<ColumnHead columns={columns} sorting={sorting} onSort={(next) => setState({ sorting: next })} />
			<tbody>
				{before > 0 ? <Space height={before} columns={columns.count} /> : null}
				{drawn.map(({ row, index }) => draw(row, index))}
				{after > 0 ? <Space height={after} columns={columns.count} /> : null}
			</tbody>
		</table>
	);
}

/** Takes the room of the rows that are not drawn. */
function Space({ height, columns }: { height: number; columns: number }) {
	return (
		<tr aria-hidden style={{ height }}>
			<td colSpan={columns} />
		</tr>
	);
}
