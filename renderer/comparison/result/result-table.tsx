import { Ban, Check, Info, type LucideIcon } from 'lucide-react';
import { useState } from 'react';
import type { Comparison, ComparisonOutcome, ComparisonRow } from '../../../electron/contract/comparison/comparison.ts';
import { Icon } from '../../design/icon.tsx';
import { plain, signed, unitOf } from '../../evaluation/words.ts';
import { AccuracyLine } from './accuracy-line.tsx';
import { notesOf } from './notes.ts';
import { overall } from './overall.ts';

interface Figure {
	readonly text: string;
	/** After ±. */
	readonly error: string | null;
}

interface Column {
	readonly key: string;
	readonly head: string;
	/** `$` stands for the reference's name. */
	readonly unit: string;
	/** To sort by; null: not measured. */
	readonly value: (row: ComparisonRow) => number | null;
	readonly digits: number;
	readonly spread?: (row: ComparisonRow) => number | null;
	/** Shown instead of the value. */
	readonly figure?: (row: ComparisonRow) => Figure | null;
	/** Left out where no file has a value. */
	readonly optional?: true;
	/** Hidden in windows narrower than the larger first. */
	readonly drop: '' | 'max-[1240px]:hidden' | 'max-[1020px]:hidden' | 'max-[860px]:hidden';
}

const columns: readonly Column[] = [
	{
		key: 'bits',
		head: 'Bits per',
		unit: 'weight',
		value: (row) => row.bitsPerWeight,
		digits: 1,
		drop: 'max-[1020px]:hidden',
	},
	{
		key: 'size',
		head: 'Size',
		unit: 'MB',
		value: (row) => (row.sizeBytes === null ? null : row.sizeBytes / 1e6),
		digits: 0,
		drop: '',
	},
	{
		key: 'divergence',
		head: 'KL divergence',
		unit: 'from $',
		value: (row) => overall(row)?.klDivergence ?? null,
		spread: (row) => overall(row)?.klDivergenceError ?? null,
		digits: 3,
		drop: '',
	},
	{
		key: 'top',
		head: 'Same top',
		unit: 'token, %',
		value: (row) => (overall(row) === undefined ? null : 100 * (overall(row)?.sameTop ?? 0)),
		digits: 1,
		drop: 'max-[1020px]:hidden',
	},
	{
		key: 'perplexity',
		head: 'Perplexity',
		unit: '× $',
		value: (row) => overall(row)?.ratio ?? null,
		digits: 3,
		drop: 'max-[860px]:hidden',
	},
	{
		key: 'accuracy',
		head: 'Accuracy',
		unit: 'points from $',
		value: (row) => row.accuracy?.metric?.value ?? null,
		figure: accuracyFigure,
		digits: 3,
		drop: '',
		optional: true,
	},
	{
		key: 'prompt',
		head: 'Prompt',
		unit: 'tok/s',
		value: (row) => row.prompt?.median ?? null,
		spread: (row) => row.prompt?.sd ?? null,
		digits: 0,
		drop: 'max-[1240px]:hidden',
	},
	{
		key: 'generation',
		head: 'Generation',
		unit: 'tok/s',
		value: (row) => row.generation?.median ?? null,
		spread: (row) => row.generation?.sd ?? null,
		digits: 1,
		drop: '',
	},
	{ key: 'load', head: 'Load', unit: 'ms', value: (row) => row.loadMs, digits: 0, drop: 'max-[1240px]:hidden' },
	{
		key: 'memory',
		head: 'Peak memory',
		unit: 'MB',
		value: (row) => (row.peakBytes === null ? null : row.peakBytes / 1e6),
		digits: 0,
		drop: 'max-[860px]:hidden',
	},
];

/** The reference's accuracy in per cent, of the others the difference in points with half its 95 % interval. */
function accuracyFigure({ accuracy }: ComparisonRow): Figure | null {
	const metric = accuracy?.metric ?? null;
	if (metric === null) return null;
	const unit = unitOf([metric]);
	const paired = accuracy?.paired ?? null;
	if (paired === null) {
		return { text: `${plain(metric.value * unit.factor, unit.digits)}${unit.mark}`, error: null };
	}
	const half = ((paired.high - paired.low) / 2) * unit.factor;
	return { text: signed(paired.difference * unit.factor, unit.digits), error: plain(half, unit.digits) };
}

type Order = { key: string; down: boolean } | null;

function sorted(rows: readonly ComparisonRow[], order: Order): readonly ComparisonRow[] {
	const column = columns.find(({ key }) => key === order?.key);
	if (column === undefined || order === null) return rows;
	const side = order.down ? -1 : 1;
	return rows.toSorted((a, b) => {
		const [first, second] = [column.value(a), column.value(b)];
		if (first === null || second === null) return first === second ? 0 : first === null ? 1 : -1;
		return side * (first - second);
	});
}

/** Every file with every number, its n and ±; sorted by any column. Columns are left out where the window is narrow. */
export function ResultTable({ comparison }: { comparison: Comparison }) {
	const [order, setOrder] = useState<Order>(null);
	const { rows, plan } = comparison;
	const notes = notesOf(rows);
	const shown = columns.filter(({ optional, value }) => optional !== true || rows.some((row) => value(row) !== null));
	const reference = rows.find((row) => row.reference)?.name ?? 'reference';
	return (
		<>
			<div className="-mx-3 overflow-x-auto">
				<table className="w-full border-collapse text-xs">
					<caption className="sr-only">Measurements by file</caption>
					<thead>
						<tr className="align-bottom text-2xs text-ink-2">
							<th scope="col" className="py-1.5 pr-2 pl-3 text-left font-medium">
								File
							</th>
							{shown.map(({ key, head, unit, drop }) => (
								<th
									key={key}
									scope="col"
									aria-sort={order?.key === key ? (order.down ? 'descending' : 'ascending') : 'none'}
									className={`px-2 py-1.5 text-right font-medium ${drop}`}
								>
									<button
										type="button"
										className="rounded-xs text-right hover:text-ink"
										onClick={() =>
											setOrder(order?.key !== key ? { key, down: false } : order.down ? null : { key, down: true })
										}
									>
										{head}
										<br />
										{unit.replace('$', reference)}
										{order?.key === key ? (order.down ? ' ↓' : ' ↑') : ''}
									</button>
								</th>
							))}
							<th scope="col" className="py-1.5 pr-3 pl-4 text-left font-medium">
								Result
							</th>
						</tr>
					</thead>
					<tbody>
						{sorted(rows, order).map((row) => (
							<Row key={row.candidateId} row={row} columns={shown} limit={plan.klLimit} />
						))}
					</tbody>
				</table>
			</div>
			<ShownColumns columns={shown} />
			<AccuracyLine comparison={comparison} />
			{notes.length === 0 ? null : (
				<p className="mt-2 flex items-start gap-2 text-xs text-pretty text-ink-2">
					<Icon of={Info} size={14} className="mt-0.5 text-ink-3" />
					{notes.join(' ')}
				</p>
			)}
		</>
	);
}

/** Says how many columns a narrow window leaves, with the first and the last always among them. */
function ShownColumns({ columns }: { columns: readonly Column[] }) {
	const all = columns.length + 2;
	const hidden = (...widths: readonly Column['drop'][]): number =>
		columns.filter(({ drop }) => widths.includes(drop)).length;
	const words = (left: number): string => `${left} of ${all} columns; a wider window shows the others`;
	const wide = hidden('max-[1240px]:hidden');
	const middle = wide + hidden('max-[1020px]:hidden');
	const narrow = middle + hidden('max-[860px]:hidden');
	return (
		<p className="mt-1.5 text-2xs text-ink-2 min-[1240px]:hidden">
			<span className="max-[1020px]:hidden">{words(all - wide)}</span>
			<span className="hidden max-[1020px]:inline max-[860px]:hidden">{words(all - middle)}</span>
			<span className="hidden max-[860px]:inline">{words(all - narrow)}</span>
		</p>
	);
}

/** Sign before a figure that was estimated. */
const about = (key: string, row: ComparisonRow): string =>
	key === 'divergence' && overall(row)?.approximation != null ? '≈' : '';

function figureOf({ key, value, digits, spread, figure }: Column, row: ComparisonRow): Figure | null {
	if (figure !== undefined) return figure(row);
	const number = value(row);
	if (number === null) return null;
	const error = spread?.(row) ?? 0;
	return { text: about(key, row) + number.toFixed(digits), error: error === 0 ? null : error.toFixed(digits) };
}

function Row({ row, columns, limit }: { row: ComparisonRow; columns: readonly Column[]; limit: number }) {
	const recommended = row.outcome === 'recommended';
	const tone = recommended ? 'bg-accent-soft' : row.reference ? 'bg-sunken' : '';
	return (
		<tr className={`h-7 border-t border-line ${tone}`}>
			<th
				scope="row"
				className={`border-l-2 pr-2 pl-[10px] text-left font-mono font-semibold whitespace-nowrap ${recommended ? 'border-accent' : 'border-transparent'}`}
			>
				{row.name}
			</th>
			{columns.map((column) => {
				const { key, drop } = column;
				const figure = figureOf(column, row);
				const over = key === 'divergence' && (column.value(row) ?? 0) > limit;
				return (
					<td
						key={key}
						className={`px-2 text-right font-mono whitespace-nowrap tabular-nums ${over ? 'text-bad' : ''} ${drop}`}
					>
						{figure === null ? <span className="text-ink-3">–</span> : figure.text}
						{figure === null || figure.error === null ? null : (
							<span className={over ? '' : 'text-ink-3'}> ±{figure.error}</span>
						)}
					</td>
				);
			})}
			<td className="pr-3 pl-4 whitespace-nowrap">
				<Outcome row={row} />
			</td>
		</tr>
	);
}

const marks: Partial<Record<ComparisonOutcome, { icon: LucideIcon; className: string }>> = {
	recommended: { icon: Check, className: 'rounded-sm bg-accent px-1.5 py-0.5 font-medium text-on-accent' },
	'ruled-out': { icon: Ban, className: 'text-bad' },
	worse: { icon: Ban, className: 'text-bad' },
};

function Outcome({ row }: { row: ComparisonRow }) {
	if (row.reference && row.outcome !== 'recommended') {
		return <span className="rounded-sm border border-line-strong px-1.5 py-0.5">Reference</span>;
	}
	if (row.outcome === null) return <span className="text-ink-3">Not measured yet</span>;
	const mark = marks[row.outcome];
	return (
		<span className={`inline-flex items-center gap-1 ${mark?.className ?? 'text-ink-2'}`}>
			{mark === undefined ? null : <Icon of={mark.icon} size={12} />}
			{row.reason}
		</span>
	);
}
