import { ArrowDown, ArrowUp } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import type { ActivityEntry, ActivitySort } from '../../electron/contract/activity/schema.ts';
import { copyText } from '../app/clipboard.ts';
import { formatFullTime, formatShortTime } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { useNow } from '../design/use-now.ts';
import { useRowCursor } from '../design/use-row-cursor.ts';
import { RowGap, useRowWindow } from '../design/virtual-rows.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { describeDetails, describeSubject, kindLabels, toTabSeparatedRow } from './log-wording.ts';
import { OutcomeBadge } from './outcome-badge.tsx';

/** Row height, in px. */
const rowHeight = 28;

/** Narrow tables hide the details first, then the description. */
const detailColumn = '@max-[620px]:hidden';
const kindColumn = '@max-[420px]:hidden';

const cell = 'h-7 border-b border-line px-2 py-0';

/** The log table, with any number of rows: only visible ones are fetched and drawn. */
export function LogTable() {
	const { activityLog: log, toasts } = useServices();
	const total = useStore(log.state, (state) => state.total) ?? 0;
	const selected = useStore(log.state, (state) => state.selected);
	const open = useStore(log.state, (state) => state.open);
	const pages = useStore(log.state, (state) => state.pages);
	const now = useNow();
	const box = useRef<HTMLDivElement>(null);
	const { height, first, end, top, show } = useRowWindow(box, total, rowHeight, rowHeight);
	// A page that is missing in sight is asked for, also after what is known was let go of.
	// biome-ignore lint/correctness/useExhaustiveDependencies: pages tell that something came or went
	useEffect(() => log.need(first, end), [log, first, end, pages]);

	const { at, go, follow } = useRowCursor(
		box,
		{ total, rowHeight, selected: selected?.index ?? null },
		show,
		(index) => void log.select(index),
	);
	function press(event: KeyboardEvent): void {
		if (event.altKey) return;
		if (event.ctrlKey || event.metaKey) {
			if (event.key.toLowerCase() !== 'c' || getSelection()?.isCollapsed === false || selected === null) return;
			event.preventDefault();
			void copyText(toTabSeparatedRow(selected.entry)).then((done) => {
				if (done) toasts.show({ text: t('Row copied') });
			});
			return;
		}
		if (follow(event)) return;
		if (event.key === 'Enter' || event.key === ' ') {
			event.preventDefault();
			void log.select(at()).then(() => log.show(true));
		} else if (event.key === 'Escape' && open) {
			event.preventDefault();
			log.show(false);
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
					aria-label={t('Activity')}
					aria-rowcount={total + 1}
					className="w-full table-fixed border-separate border-spacing-0 text-xs"
				>
					<thead className="sticky top-0 z-10 bg-surface text-2xs text-ink-2">
						<tr aria-rowindex={1}>
							<Head by="time" className="w-22 pl-5!">
								{t('Time')}
							</Head>
							<Head by="kind" className={`w-20 ${kindColumn}`}>
								{t('Type')}
							</Head>
							<Head by="subject">{t('Subject')}</Head>
							<Head by="outcome" className="w-44">
								{t('Outcome')}
							</Head>
							<th scope="col" className={`h-7 w-[36%] border-b border-line px-2 text-left font-medium ${detailColumn}`}>
								{t('Details')}
							</th>
						</tr>
					</thead>
					<tbody onKeyDown={press}>
						<RowGap height={top} />
						{rows.map((index) => (
							<Row
								key={index}
								index={index}
								entry={log.entry(index)}
								now={now}
								selected={selected?.index === index}
								focusable={index === entry}
								onOpen={() => {
									go(index);
									log.show(true);
								}}
							/>
						))}
						<RowGap height={height - top - rows.length * rowHeight} />
					</tbody>
				</table>
			</div>
			<p className="hidden flex-none border-t border-line px-5 py-1 text-2xs text-ink-2 @max-[620px]:block">
				<span className="@max-[420px]:hidden">{t('4 of 5 columns. Widen the window to see details.')}</span>
				<span className="hidden @max-[420px]:inline">{t('3 of 5 columns. Widen the window to see more.')}</span>
			</p>
		</div>
	);
}

function Head({ by, className = '', children }: { by: ActivitySort['by']; className?: string; children: string }) {
	const { activityLog: log } = useServices();
	const sort = useStore(log.state, (state) => state.sort);
	const active = sort.by === by;
	return (
		<th
			scope="col"
			aria-sort={active ? (sort.descending ? 'descending' : 'ascending') : undefined}
			className={`h-7 border-b border-line px-2 text-left font-medium ${className}`}
		>
			<button
				type="button"
				onClick={() => log.sortBy(by)}
				className={`inline-flex items-center gap-1 rounded-sm hover:text-ink focus-visible:outline-2 focus-visible:outline-focus ${active ? 'text-ink' : ''}`}
			>
				{children}
				{active ? <Icon of={sort.descending ? ArrowDown : ArrowUp} size={12} /> : null}
			</button>
		</th>
	);
}

function Row({
	index,
	entry,
	now,
	selected,
	focusable,
	onOpen,
}: {
	index: number;
	entry: ActivityEntry | undefined;
	now: number;
	selected: boolean;
	focusable: boolean;
	onOpen: () => void;
}) {
	return (
		<tr
			data-row-index={index}
			aria-rowindex={index + 2}
			aria-selected={selected}
			tabIndex={focusable ? 0 : -1}
			onClick={onOpen}
			className={`focus-visible:-outline-offset-2 ${
				selected
					? 'bg-accent-soft shadow-[inset_2px_0_0_var(--accent)]'
					: 'hover:bg-[color-mix(in_oklab,var(--surface),var(--ink)_2%)]'
			}`}
		>
			{entry === undefined ? (
				<td className={`pl-5! text-ink-3 ${cell}`} colSpan={5}>
					…
				</td>
			) : (
				<>
					<td className={`pl-5! whitespace-nowrap text-ink-2 tabular-nums ${cell}`} title={formatFullTime(entry.at)}>
						{formatShortTime(entry.at, now)}
					</td>
					<td className={`truncate ${cell} ${kindColumn}`}>{kindLabels[entry.kind]}</td>
					<td className={`truncate ${entry.kind === 'network' ? 'font-mono' : ''} ${cell}`} dir="auto">
						{describeSubject(entry)}
					</td>
					<td className={`${cell} tabular-nums`}>
						<OutcomeBadge entry={entry} />
					</td>
					<td className={`truncate text-ink-2 tabular-nums ${cell} ${detailColumn}`} dir="auto">
						{describeDetails(entry)}
					</td>
				</>
			)}
		</tr>
	);
}
