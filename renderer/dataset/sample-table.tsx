import { MessageSquare } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import type { SampleRow } from '../../electron/contract/dataset/schema.ts';
import { Badge } from '../design/badge.tsx';
import { formatCount } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { useRowCursor } from '../design/use-row-cursor.ts';
import { RowGap, useRowWindow } from '../design/virtual-rows.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { copyRow, removeSelectedSample } from './sample-actions.ts';

/** Row height, in px. */
const rowHeight = 28;

/** Narrow tables hide the tags first, then the split. */
const tagsColumn = '@max-[620px]:hidden';
const splitColumn = '@max-[440px]:hidden';

const head = 'h-7 border-b border-line px-2 text-left font-medium';
const cell = 'h-7 border-b border-line px-2 py-0';

/** The samples of the version on the screen; only visible rows are fetched and drawn, even among millions. */
export function SampleTable() {
	const services = useServices();
	const { samples } = services;
	const total = useStore(samples.state, (state) => state.total) ?? 0;
	const selected = useStore(samples.state, (state) => state.selected);
	// Rows are read from the pages, so a new page renders the table again.
	useStore(samples.state, (state) => state.pages);
	const box = useRef<HTMLDivElement>(null);
	const { height, first, end, top, show } = useRowWindow(box, total, rowHeight, rowHeight);
	const { at, go, follow } = useRowCursor(
		box,
		{ total, rowHeight, selected: selected?.index ?? null },
		show,
		(index) => void samples.select(index),
	);
	useEffect(() => samples.need(first, end), [samples, first, end]);
	useEffect(() => {
		if (selected !== null) show(selected.index);
	}, [selected, show]);

	function press(event: KeyboardEvent): void {
		if (event.altKey) return;
		if (event.ctrlKey || event.metaKey) {
			if (event.key.toLowerCase() !== 'c' || getSelection()?.isCollapsed === false) return;
			event.preventDefault();
			return void copyRow(services);
		}
		if (follow(event)) return;
		if (event.key === 'Enter') {
			event.preventDefault();
			void samples.select(at()).then(() => samples.edit('selected'));
		} else if (event.key === 'Delete') {
			event.preventDefault();
			// Keys arrive faster than rows load: remove the row under the cursor.
			void samples.select(at()).then(() => removeSelectedSample(services));
		} else if (event.key === 'Escape' && selected !== null) {
			event.preventDefault();
			void samples.select(null);
		}
	}
	const rows = Array.from({ length: Math.max(0, end - first) }, (_, offset) => first + offset);
	const entry = selected !== null && selected.index >= first && selected.index < end ? selected.index : first;
	return (
		<div className="@container flex min-h-0 flex-1 flex-col">
			<div ref={box} className="min-h-0 flex-1 overflow-x-hidden overflow-y-auto">
				<table
					// biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: rows are chosen and opened with keys, which makes a table a grid
					role="grid"
					aria-label={t('Samples')}
					aria-rowcount={total + 1}
					className="w-full table-fixed border-separate border-spacing-0 text-xs"
				>
					<thead className="sticky top-0 z-10 bg-surface text-2xs text-ink-2">
						<tr aria-rowindex={1}>
							<th scope="col" style={{ width: numberWidth(total) }} className={`pl-5! text-right! ${head}`}>
								#
							</th>
							<th scope="col" className={`w-[44%] ${head}`}>
								{t('Input')}
							</th>
							<th scope="col" className={head}>
								{t('Target')}
							</th>
							<th scope="col" className={`${head} ${tagsColumn}`}>
								{t('Tags')}
							</th>
							<th scope="col" className={`w-24 ${head} ${splitColumn}`}>
								{t('Split')}
							</th>
						</tr>
					</thead>
					<tbody onKeyDown={press}>
						<RowGap height={top} />
						{rows.map((index) => (
							<Row
								key={index}
								index={index}
								row={samples.row(index)}
								selected={selected?.index === index}
								focusable={index === entry}
								onSelect={() => go(index)}
								onOpen={() => samples.edit('selected')}
							/>
						))}
						<RowGap height={height - top - rows.length * rowHeight} />
					</tbody>
				</table>
			</div>
			<p className="hidden flex-none border-t border-line px-5 py-1 text-2xs text-ink-2 @max-[620px]:block">
				<span className="@max-[440px]:hidden">{t('4 of 5 columns. Widen the window to see tags.')}</span>
				<span className="hidden @max-[440px]:inline">
					{t('3 of 5 columns. Widen the window to see tags and split.')}
				</span>
			</p>
		</div>
	);
}

function Row({
	index,
	row,
	selected,
	focusable,
	onSelect,
	onOpen,
}: {
	index: number;
	row: SampleRow | undefined;
	selected: boolean;
	focusable: boolean;
	onSelect: () => void;
	onOpen: () => void;
}) {
	return (
		<tr
			data-row-index={index}
			aria-rowindex={index + 2}
			aria-selected={selected}
			tabIndex={focusable ? 0 : -1}
			onClick={onSelect}
			onDoubleClick={onOpen}
			className={`focus-visible:-outline-offset-2 ${
				selected
					? 'bg-accent-soft shadow-[inset_2px_0_0_var(--accent)]'
					: 'hover:bg-[color-mix(in_oklab,var(--surface),var(--ink)_2%)]'
			}`}
		>
			<td className={`pl-5! text-right font-mono text-ink-3 tabular-nums ${cell}`}>{formatCount(index + 1)}</td>
			{row === undefined ? (
				<td className={`text-ink-3 ${cell}`} colSpan={4}>
					…
				</td>
			) : (
				<Cells row={row} />
			)}
		</tr>
	);
}

function Cells({ row }: { row: SampleRow }) {
	const { input, target, turns, choices, tags, split, conversationId } = row;
	return (
		<>
			<td className={cell}>
				<span className="flex items-center gap-1.5">
					{conversationId === null ? null : (
						<>
							<Icon of={MessageSquare} size={12} className="text-ink-3" />
							<span className="sr-only">{t('From conversation:')}</span>
						</>
					)}
					<span className="truncate" dir="auto">
						{oneLine(input) || <span className="text-ink-3">{t('Empty')}</span>}
					</span>
					{turns > 1 ? (
						<span className="flex-none text-ink-3">
							{t('{turns, plural, one {# turn} other {# turns}}', { turns })}
						</span>
					) : null}
				</span>
			</td>
			<td className={`truncate ${cell}`} dir="auto">
				{target === null ? (
					<span className="text-ink-3">{t('None')}</span>
				) : (
					<>
						{oneLine(target)}
						{choices > 0 ? <span className="text-ink-3"> {t('of {choices}', { choices })}</span> : null}
					</>
				)}
			</td>
			<td className={`${cell} ${tagsColumn}`}>
				<span className="flex items-center gap-1 overflow-hidden">
					{tags.slice(0, 2).map((tag, index) => (
						<span key={tag} className={index === 0 ? 'flex min-w-0' : 'flex min-w-0 @max-[760px]:hidden'}>
							<Badge tone="plain">
								<span className="max-w-24 truncate leading-normal">{tag}</span>
							</Badge>
						</span>
					))}
					{tags.length > 1 ? <span className="text-ink-3 @min-[760px]:hidden">+{tags.length - 1}</span> : null}
					{tags.length > 2 ? <span className="text-ink-3 @max-[760px]:hidden">+{tags.length - 2}</span> : null}
				</span>
			</td>
			<td className={`truncate text-ink-2 ${cell} ${splitColumn}`}>{split}</td>
		</>
	);
}

/** Computes the width of the last row's number, in px. */
function numberWidth(total: number): number {
	return 28 + Math.max(3, formatCount(total).length) * 7.5;
}

function oneLine(text: string): string {
	return text.replaceAll(/\s+/g, ' ').trim();
}
