import type { Row } from '../../../electron/contract/evaluation/schema.ts';
import { t } from '../../messages/t.ts';
import type { ArmSide } from './arm-side.ts';
import { ScoreSymbol } from './score-badge.tsx';
import type { ScoreScale, ScoreScaleKind } from './score-scale.ts';
import type { RowList } from './use-rows.ts';
import { SpaceForRows, useVirtualRows } from './use-virtual-rows.tsx';

const rowHeight = 28;

/** Longer labels of sides get more room and a second line, in characters. */
const longLabel = 5;

/** Samples with each side's result; virtualised, so that ten thousand scroll like ten. */
export function SampleTable({
	rows,
	sides,
	scorer,
	scoreScale,
	selected,
	onSelect,
	epochs,
}: {
	rows: RowList;
	sides: readonly ArmSide[];
	scorer: string;
	scoreScale: ScoreScale;
	/** Index of the selected row. */
	selected: number;
	onSelect: (index: number) => void;
	/** Number of answers per sample; if there are several, rows are numbered. */
	epochs: number;
}) {
	const { box, count, items, before, after, press } = useVirtualRows(
		rows,
		{ rowHeight, overscan: 12 },
		selected,
		onSelect,
	);
	const pair = sides.length > 1;
	const columns = 2 + sides.length + 1;
	return (
		<div ref={box} className="relative min-h-0 flex-1 overflow-x-hidden overflow-y-auto max-[1099px]:max-h-76">
			<table
				// biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: one walks it row by row, with the head and rows of a table
				role="grid"
				onKeyDown={press}
				aria-label={t('Samples')}
				aria-rowcount={count + 1}
				className="w-full table-fixed border-separate border-spacing-0 text-xs"
			>
				<thead className="sticky top-0 z-10 bg-surface">
					<tr aria-rowindex={1} className="text-2xs text-ink-3">
						<th scope="col" className={`${head} w-13 pl-3 text-right`}>
							#
						</th>
						<th scope="col" className={`${head} text-left`}>
							{t('Input')}
						</th>
						{pair ? null : (
							<th scope="col" className={`${head} w-[34%] text-left`}>
								{t('Answer')}
							</th>
						)}
						{sides.map(({ armId, label }) => (
							<th
								key={armId}
								scope="col"
								title={label}
								className={`${head} ${pair ? (label.length > longLabel ? 'w-19' : 'w-12') : 'w-18'} text-center`}
							>
								<span className="line-clamp-2 whitespace-normal [overflow-wrap:anywhere]">
									{pair ? label : t('Score')}
								</span>
							</th>
						))}
						{pair ? (
							<th scope="col" className={`${head} w-16 pr-2 text-left`}>
								<span className="sr-only">{t('Change', {}, 'from one answer to the other: the noun')}</span>
							</th>
						) : null}
					</tr>
				</thead>
				<tbody>
					<SpaceForRows height={before} columns={columns} />
					{items.map(({ index, key }) => (
						<SampleRow
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
						/>
					))}
					<SpaceForRows height={after} columns={columns} />
				</tbody>
			</table>
		</div>
	);
}

const head = 'align-bottom border-b border-line-strong px-2 pt-1 pb-1.5 font-medium whitespace-nowrap';
const cell = 'border-b border-line px-2';

function SampleRow({
	row,
	index,
	selected,
	focusable,
	sides,
	scorer,
	scoreScale,
	epochs,
	onSelect,
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
}) {
	const pair = sides.length > 1;
	const cells = sides.map(({ armId }) => row?.cells.find((one) => one.armId === armId));
	const scores = cells.map((one, at) => one?.scores[sides[at]?.scorer ?? scorer] ?? null);
	return (
		<tr
			data-index={index}
			aria-rowindex={index + 2}
			aria-selected={selected}
			tabIndex={focusable ? 0 : -1}
			onClick={onSelect}
			onFocus={onSelect}
			className={`h-7 focus-visible:-outline-offset-2 ${selected ? 'bg-accent-soft' : 'hover:bg-[color-mix(in_oklab,var(--surface),var(--ink)_2%)]'}`}
		>
			<td
				className={`${cell} pl-3 text-right font-mono text-ink-3 tabular-nums ${selected ? 'shadow-[inset_2px_0_0_var(--accent)]' : ''}`}
			>
				{row === undefined ? '' : `${row.position + 1}${epochs > 1 ? `.${row.epoch + 1}` : ''}`}
			</td>
			<td className={`${cell} truncate text-sm`} dir="auto">
				{row?.input ?? ''}
			</td>
			{pair ? null : (
				<td className={`${cell} truncate font-mono text-ink-2`} dir="auto">
					{cells[0]?.failure ?? cells[0]?.answer ?? cells[0]?.output ?? ''}
				</td>
			)}
			{cells.map((one, at) => (
				<td key={sides[at]?.armId} className={`${cell} text-center`}>
					{one === undefined || one.status === null ? (
						<span className="text-ink-3">–</span>
					) : (
						<ScoreSymbol
							value={scores[at] ?? null}
							kind={scoreScale.kind}
							failed={one.status === 'failed'}
							who={sides[at]?.label ?? ''}
						/>
					)}
				</td>
			))}
			{pair ? (
				<td className={`${cell} pr-2`}>
					<ChangeWord kind={scoreScale.kind} base={scores[0] ?? null} other={scores.at(-1) ?? null} />
				</td>
			) : null}
		</tr>
	);
}

function ChangeWord({ kind, base, other }: { kind: ScoreScaleKind; base: number | null; other: number | null }) {
	if (base === null || other === null || base === other) return null;
	const gained = other > base;
	const right = kind === 'right';
	const words = gained
		? right && other >= 1
			? t('Fixed')
			: t('Better')
		: right && base >= 1
			? t('Broken')
			: t('Worse');
	return <span className={`font-medium ${gained ? 'text-good' : 'text-bad'}`}>{words}</span>;
}
