import { useState } from 'react';
import type { Comparison, ComparisonRow } from '../../../../electron/contract/comparison/comparison.ts';
import { AccuracyLine } from './accuracy-line.tsx';
import { type Column, formatFigure, sortByColumn } from './columns.ts';
import { DroppedLine } from './dropped-line.tsx';
import { NotesLine } from './notes-line.tsx';
import { Outcome } from './outcome.tsx';
import { RowMenu } from './row-menu.tsx';
import { useResultColumns } from './use-columns.ts';

type Order = { key: string; down: boolean } | null;

/** Every file with every number and its ±; sorted by any column. Columns are left out where the window is narrow. */
export function ResultTable({ comparison }: { comparison: Comparison }) {
	const [order, setOrder] = useState<Order>(null);
	const { rows } = comparison;
	const { shown } = useResultColumns(rows);
	const reference = rows.find((row) => row.reference)?.name ?? 'reference';
	return (
		<>
			<div className="-mx-3 overflow-x-auto">
				<table className="w-full border-collapse text-xs">
					<caption className="sr-only">Measurements by file</caption>
					<thead>
						<tr className="align-bottom text-2xs text-ink-2">
							<th scope="col" className="sticky left-0 z-10 bg-surface py-1.5 pr-2 pl-3 text-left font-medium">
								File
							</th>
							{shown.map((column) => (
								<Head key={column.key} column={column} reference={reference} order={order} onOrder={setOrder} />
							))}
							<th scope="col" className="py-1.5 pr-1 pl-4 text-left font-medium">
								Result
							</th>
							<th scope="col" className="w-8">
								<span className="sr-only">Actions</span>
							</th>
						</tr>
					</thead>
					<tbody>
						{sortByColumn(rows, order).map((row) => (
							<Row key={row.candidateId} row={row} columns={shown} comparison={comparison} />
						))}
					</tbody>
				</table>
			</div>
			<AccuracyLine comparison={comparison} />
			<DroppedLine comparison={comparison} />
			<NotesLine rows={rows} />
		</>
	);
}

function Head({
	column: { key, head, unit },
	reference,
	order,
	onOrder,
}: {
	column: Column;
	reference: string;
	order: Order;
	onOrder: (order: Order) => void;
}) {
	const sorted = order?.key === key;
	return (
		<th
			scope="col"
			aria-sort={sorted ? (order.down ? 'descending' : 'ascending') : 'none'}
			className="px-2 py-1.5 text-right font-medium"
		>
			<button
				type="button"
				className="rounded-xs text-right whitespace-nowrap hover:text-ink"
				onClick={() => onOrder(!sorted ? { key, down: false } : order.down ? null : { key, down: true })}
			>
				{head}
				<br />
				{unit.replace('$', reference)}
				{sorted ? (order.down ? ' ↓' : ' ↑') : ''}
			</button>
		</th>
	);
}

function Row({ row, columns, comparison }: { row: ComparisonRow; columns: readonly Column[]; comparison: Comparison }) {
	const recommended = row.outcome === 'recommended';
	const tone = recommended ? 'bg-accent-soft' : row.reference ? 'bg-sunken' : '';
	return (
		<tr className={`h-7 border-t border-line ${tone}`}>
			<th
				scope="row"
				className={`sticky left-0 border-l-2 pr-2 pl-[10px] text-left font-mono font-semibold whitespace-nowrap ${tone === '' ? 'bg-surface' : tone} ${recommended ? 'border-accent' : 'border-transparent'}`}
			>
				{row.name}
			</th>
			{columns.map((column) => {
				const figure = formatFigure(column, row);
				const over = column.key === 'divergence' && (column.value(row) ?? 0) > comparison.plan.klLimit;
				return (
					<td
						key={column.key}
						className={`px-2 text-right font-mono whitespace-nowrap tabular-nums ${over ? 'text-bad' : ''} ${recommended ? 'font-medium' : ''}`}
					>
						{figure === null ? <span className="text-ink-3">–</span> : figure.text}
						{figure === null || figure.error === null ? null : (
							<span className={over ? '' : recommended ? 'font-normal text-ink-2' : 'text-ink-3'}>
								{' '}
								±{figure.error}
							</span>
						)}
					</td>
				);
			})}
			<td className="pr-1 pl-4 whitespace-nowrap">
				<Outcome row={row} />
			</td>
			<td className="pr-1.5 text-right">
				<RowMenu row={row} comparison={comparison} columns={columns} />
			</td>
		</tr>
	);
}
