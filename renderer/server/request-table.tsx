import { type KeyboardEvent, useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { copyText } from '../app/clipboard.ts';
import { useElementWidth } from '../design/use-element-width.ts';
import { useNow } from '../design/use-now.ts';
import { useRowCursor } from '../design/use-row-cursor.ts';
import { RowGap, useRowWindow } from '../design/virtual-rows.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { HiddenColumns, historyColumns, RequestCells, RequestHeads, shownColumns } from './request-columns.tsx';

/** Row height, in px. */
const rowHeight = 28;

/** Ended requests, newest first, with any number of rows: older ones are fetched on scrolling. */
export function RequestTable() {
	const { serverPage, toasts } = useServices();
	const rows = useStore(serverPage.state, (state) => state.rows);
	const total = useStore(serverPage.state, (state) => state.total) ?? 0;
	const selectedId = useStore(serverPage.state, (state) => state.selected);
	const open = useStore(serverPage.state, (state) => state.open);
	const now = useNow();
	const box = useRef<HTMLDivElement>(null);
	const width = useElementWidth(box);
	const columns = shownColumns(historyColumns, width);
	const { height, first, end, top, show } = useRowWindow(box, rows.length, rowHeight, rowHeight);
	useEffect(() => {
		if (end >= rows.length && rows.length < total) serverPage.more();
	}, [serverPage, end, rows.length, total]);
	const found = rows.findIndex(({ id }) => id === selectedId);
	const selected = found === -1 ? null : found;
	const { at, go, follow } = useRowCursor(box, { total: rows.length, rowHeight, selected }, show, (index) =>
		serverPage.select(rows[index]?.id ?? null),
	);
	function press(event: KeyboardEvent): void {
		if (event.altKey) return;
		const request = rows[at()];
		if (event.ctrlKey || event.metaKey) {
			if (event.key.toLowerCase() !== 'c' || getSelection()?.isCollapsed === false || request === undefined) return;
			event.preventDefault();
			void copyText(historyColumns.map(({ text }) => text(request, now)).join('\t')).then((done) => {
				if (done) toasts.show({ text: t('Row copied') });
			});
			return;
		}
		if (follow(event)) return;
		if (event.key === 'Enter' || event.key === ' ') {
			event.preventDefault();
			serverPage.select(request?.id ?? null);
			serverPage.show(true);
		} else if (event.key === 'Escape' && open) {
			event.preventDefault();
			serverPage.show(false);
		}
	}
	const entry = selected !== null && selected >= first && selected < end ? selected : first;
	return (
		<div className="flex min-h-0 flex-1 flex-col">
			<div ref={box} className="min-h-0 flex-1 overflow-x-hidden overflow-y-auto">
				<table
					// biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: rows are chosen and opened with keys, which makes a table a grid
					role="grid"
					aria-label={t('Requests')}
					aria-rowcount={total + 1}
					className="w-full table-fixed border-separate border-spacing-0 text-xs"
				>
					<thead className="sticky top-0 z-10 bg-surface text-2xs text-ink-2">
						<RequestHeads columns={columns} />
					</thead>
					<tbody onKeyDown={press}>
						<RowGap height={top} />
						{rows.slice(first, end).map((request, offset) => {
							const index = first + offset;
							return (
								<tr
									key={request.id}
									data-row-index={index}
									aria-rowindex={index + 2}
									aria-selected={index === selected}
									tabIndex={index === entry ? 0 : -1}
									onClick={() => {
										go(index);
										serverPage.show(true);
									}}
									className={`focus-visible:-outline-offset-2 ${
										index === selected
											? 'bg-accent-soft shadow-[inset_2px_0_0_var(--accent)]'
											: 'hover:bg-[color-mix(in_oklab,var(--surface),var(--ink)_2%)]'
									}`}
								>
									<RequestCells columns={columns} request={request} now={now} />
								</tr>
							);
						})}
						<RowGap height={height - top - (end - first) * rowHeight} />
					</tbody>
				</table>
			</div>
			<HiddenColumns columns={historyColumns} width={width} />
		</div>
	);
}
