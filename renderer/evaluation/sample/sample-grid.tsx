import type { KeyboardEvent } from 'react';
import type { Cell, Row } from '../../../electron/contract/evaluation/schema.ts';
import { diffMarkClass } from '../../design/diff-text.tsx';
import { diffWords } from '../../design/word-diff.ts';
import { t } from '../../messages/t.ts';
import type { ArmSide } from './arm-side.ts';
import { ScoreSymbol } from './score-badge.tsx';
import type { ScoreScale } from './score-scale.ts';
import type { RowList } from './use-rows.ts';
import { SpaceForRows, useVirtualRows } from './use-virtual-rows.tsx';

/** Two lines of text and their padding, px. */
const rowHeight = 45;
/** Narrowest column of outputs, px; with more columns the table scrolls sideways. */
const columnWidth = 190;
const numberWidth = 48;
const inputWidth = 220;

/** All outputs: samples in rows, combinations in columns, two lines each. Words that the first lacks are marked. */
export function SampleGrid({
	rows,
	sides,
	scorer,
	scoreScale,
	selected,
	epochs,
	onSelect,
	onOpen,
}: {
	rows: RowList;
	/** The first is the one that the others are compared with. */
	sides: readonly ArmSide[];
	scorer: string;
	scoreScale: ScoreScale;
	selected: number;
	epochs: number;
	onSelect: (index: number) => void;
	/** Opens the selected sample in detail. */
	onOpen: () => void;
}) {
	const { box, count, items, before, after, press } = useVirtualRows(
		rows,
		{ rowHeight, overscan: 8 },
		selected,
		onSelect,
	);
	function pressOrOpen(event: KeyboardEvent): void {
		press(event);
		if (event.key !== 'Enter') return;
		event.preventDefault();
		onOpen();
	}
	return (
		<div ref={box} className="relative min-h-0 flex-1 overflow-auto max-[1099px]:max-h-110">
			<table
				// biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: one walks it row by row, with the head and rows of a table
				role="grid"
				onKeyDown={pressOrOpen}
				aria-label={t('All outputs')}
				aria-rowcount={count + 1}
				style={{ minWidth: numberWidth + inputWidth + sides.length * columnWidth }}
				className="w-full table-fixed border-separate border-spacing-0 text-xs"
			>
				<thead className="sticky top-0 z-20 bg-surface">
					<tr aria-rowindex={1} className="text-2xs text-ink-3">
						<th
							scope="col"
							style={{ width: numberWidth }}
							className={`${head} sticky left-0 z-10 bg-surface pl-3 text-right`}
						>
							#
						</th>
						<th
							scope="col"
							style={{ width: inputWidth }}
							className={`${head} sticky left-12 z-10 bg-surface text-left`}
						>
							{t('Input')}
						</th>
						{sides.map(({ armId, label, detail }) => (
							<th key={armId} scope="col" title={`${label} ${detail}`} className={`${head} truncate text-left`}>
								<span className="text-ink">{label}</span> {detail}
							</th>
						))}
					</tr>
				</thead>
				<tbody>
					<SpaceForRows height={before} columns={2 + sides.length} />
					{items.map(({ index, key }) => (
						<GridRow
							key={key}
							row={rows.at(index)}
							index={index}
							selected={index === selected}
							focusable={index === selected || (selected >= count && index === 0)}
							sides={sides}
							scorer={scorer}
							scoreScale={scoreScale}
							epochs={epochs}
							onSelect={() => onSelect(index)}
							onOpen={onOpen}
						/>
					))}
					<SpaceForRows height={after} columns={2 + sides.length} />
				</tbody>
			</table>
		</div>
	);
}

const head = 'align-bottom border-b border-line-strong px-2 pt-1 pb-1.5 font-medium whitespace-nowrap';
const cellClass = 'border-b border-line px-2 py-1.5 align-top';

function GridRow({
	row,
	index,
	selected,
	focusable,
	sides,
	scorer,
	scoreScale,
	epochs,
	onSelect,
	onOpen,
}: {
	row: Row | undefined;
	index: number;
	selected: boolean;
	focusable: boolean;
	sides: readonly ArmSide[];
	scorer: string;
	scoreScale: ScoreScale;
	epochs: number;
	onSelect: () => void;
	onOpen: () => void;
}) {
	const cells = sides.map(({ armId }) => row?.cells.find((one) => one.armId === armId));
	const [first] = cells;
	const ground = selected ? 'bg-accent-soft' : 'bg-surface';
	return (
		<tr
			data-index={index}
			aria-rowindex={index + 2}
			aria-selected={selected}
			tabIndex={focusable ? 0 : -1}
			onClick={() => {
				onSelect();
				onOpen();
			}}
			onFocus={onSelect}
			style={{ height: rowHeight }}
			className={`focus-visible:-outline-offset-2 ${ground}`}
		>
			<td
				className={`${cellClass} sticky left-0 z-10 pl-3 text-right font-mono text-ink-3 tabular-nums ${ground} ${selected ? 'shadow-[inset_2px_0_0_var(--accent)]' : ''}`}
			>
				{row === undefined ? '' : `${row.position + 1}${epochs > 1 ? `.${row.epoch + 1}` : ''}`}
			</td>
			<td className={`${cellClass} sticky left-12 z-10 ${ground}`} dir="auto" title={row?.input}>
				<span className="line-clamp-2 text-ink-2">{row?.input ?? ''}</span>
			</td>
			{cells.map((one, at) => {
				const side = sides[at];
				return (
					<td key={side?.armId} className={cellClass}>
						{one === undefined || one.status === null ? (
							<span className="text-ink-3">–</span>
						) : (
							<span className="flex gap-1.5">
								<span className="flex-none">
									<ScoreSymbol
										value={one.scores[side?.scorer ?? scorer] ?? null}
										kind={scoreScale.kind}
										failed={one.status === 'failed'}
										who={side?.label ?? ''}
									/>
								</span>
								<span className="line-clamp-2 min-w-0 font-mono [overflow-wrap:anywhere]" dir="auto">
									<OutputText cell={one} base={at === 0 ? undefined : first} />
								</span>
							</span>
						)}
					</td>
				);
			})}
		</tr>
	);
}

const textOf = ({ failure, output, answer }: Cell): string => failure ?? (output === '' ? (answer ?? '') : output);

/** The output with the words marked that the base lacks. */
function OutputText({ cell, base }: { cell: Cell; base: Cell | undefined }) {
	const text = textOf(cell);
	if (base === undefined || base.status !== 'done' || cell.status !== 'done' || textOf(base) === text) return text;
	return diffWords(textOf(base), text).map(({ kind, text: part }, index) =>
		kind === 'removed' ? null : kind === 'same' ? (
			part
		) : (
			// biome-ignore lint/suspicious/noArrayIndexKey: parts are in order
			<ins key={index} className={diffMarkClass()}>
				{part}
			</ins>
		),
	);
}
