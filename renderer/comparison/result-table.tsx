import { Ban, Box, Check, Copy, Ellipsis, Info, type LucideIcon, MessageSquare, Scale, X } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useStore } from 'zustand';
import { notesOf } from '../../electron/contract/comparison/notes.ts';
import { overallQuality } from '../../electron/contract/comparison/overall-quality.ts';
import type { Comparison, ComparisonOutcome, ComparisonRow } from '../../electron/contract/comparison/schema.ts';
import { copyText } from '../app/clipboard.ts';
import { runOrToast } from '../app/run-or-toast.ts';
import { translateWords } from '../connection/translate-answers.ts';
import { iconButtonClass, textLinkClass } from '../design/button.tsx';
import { Icon } from '../design/icon.tsx';
import { Lines } from '../design/lines.tsx';
import { Menu, MenuItem, MenuLine } from '../design/menu.tsx';
import { formatEvaluateRoute } from '../evaluation/evaluate-route.ts';
import { showModel } from '../library/model-actions.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { useResultColumns } from './columns-menu.tsx';
import { type Column, formatColumnHead, formatFigure, sortByColumn, toTabSeparatedRow } from './result-columns.ts';
import { useSetDefaultModel } from './use-set-default-model.ts';

type Order = { key: string; down: boolean } | null;

/** All files with their numbers and ±, sortable by any column. Narrow windows hide some columns. */
export function ResultTable({ comparison }: { comparison: Comparison }) {
	const [order, setOrder] = useState<Order>(null);
	const { rows } = comparison;
	const { shown } = useResultColumns(rows);
	const reference = rows.find((row) => row.reference)?.name ?? t('reference');
	return (
		<>
			<div className="relative -mx-3 overflow-x-auto">
				<table className="w-full border-collapse text-xs">
					<caption className="sr-only">{t('Measurements by file')}</caption>
					<thead>
						<tr className="align-bottom text-2xs text-ink-2">
							<th scope="col" className="sticky left-0 z-10 bg-surface py-1.5 pr-2 pl-3 text-left font-medium">
								{t('File')}
							</th>
							{shown.map((column) => (
								<Head key={column.key} column={column} reference={reference} order={order} onOrder={setOrder} />
							))}
							<th scope="col" className="py-1.5 pr-1 pl-4 text-left font-medium">
								{t('Result')}
							</th>
							<th scope="col" className="w-8">
								<span className="sr-only">{t('Actions')}</span>
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
			<ToolCallsLine comparison={comparison} />
			<DroppedLine comparison={comparison} />
			<NotesLine rows={rows} />
		</>
	);
}

function Head({
	column,
	reference,
	order,
	onOrder,
}: {
	column: Column;
	reference: string;
	order: Order;
	onOrder: (order: Order) => void;
}) {
	const { key } = column;
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
				<Lines text={formatColumnHead(column, reference)} />
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
				// For another model, the divergence is a change, not a loss.
				const over = column.key === 'divergence' && !row.changed && (column.value(row) ?? 0) > comparison.plan.klLimit;
				return (
					<td
						key={column.key}
						className={`px-2 text-right font-mono whitespace-nowrap tabular-nums ${over ? 'text-bad' : ''} ${recommended ? 'font-medium' : ''}`}
					>
						{figure === null ? <span className="text-ink-3">–</span> : figure.text}
						{figure === null || figure.interval === null ? null : (
							<span className={over ? '' : recommended ? 'font-normal text-ink-2' : 'text-ink-3'}>
								{' '}
								{figure.interval}
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

/** Describes the samples behind the accuracies and links to the run with every answer. */
function AccuracyLine({ comparison: { run, rows } }: { comparison: Comparison }) {
	if (run === null) return null;
	const { datasetName, versionNumber, scorer } = run;
	const samples = rows.flatMap(({ accuracy }) => accuracy?.metric ?? []).at(0)?.n;
	return (
		<RunLine runId={run.runId}>
			{samples === undefined
				? t('Accuracy on {datasetName} v{versionNumber}, scored by {scorer}.', { datasetName, versionNumber, scorer })
				: t(
						'Accuracy on {datasetName} v{versionNumber}, {samples, plural, one {# sample} other {# samples}}, scored by {scorer}.',
						{ datasetName, versionNumber, samples, scorer },
					)}
		</RunLine>
	);
}

/** Describes the tasks behind the tool calls. */
function ToolCallsLine({ comparison: { toolsRun, rows } }: { comparison: Comparison }) {
	if (toolsRun === null) return null;
	const { datasetName, versionNumber } = toolsRun;
	const tasks = rows.flatMap(({ toolCalls }) => toolCalls?.metric ?? []).at(0)?.n;
	return (
		<RunLine runId={toolsRun.runId}>
			{tasks === undefined
				? t('Tool calls on {datasetName} v{versionNumber}.', { datasetName, versionNumber })
				: t(
						'Tool calls on {datasetName} v{versionNumber}: share of {tasks, plural, one {# task} other {# tasks}} with the right calls, by the rules of BFCL.',
						{ datasetName, versionNumber, tasks },
					)}
		</RunLine>
	);
}

/** A sentence with a link to the run that it describes. */
function RunLine({ runId, children }: { runId: number | null; children: ReactNode }) {
	const { layout } = useServices();
	return (
		<p className="mt-2 text-xs text-ink-2">
			{children}{' '}
			{runId === null ? null : (
				<button
					type="button"
					className={textLinkClass}
					onClick={() => layout.go({ section: 'evaluate', part: formatEvaluateRoute({ kind: 'run', id: runId }) })}
				>
					{t('See every answer')}
				</button>
			)}
		</p>
	);
}

/** Files that were left out, each with a button to include it again. */
function DroppedLine({ comparison: { id, dropped, status } }: { comparison: Comparison }) {
	const services = useServices();
	if (dropped.length === 0) return null;
	const back = (candidateId: number): void =>
		void runOrToast(services, () => services.comparisons.drop({ id, candidateId, dropped: false }));
	return (
		<p className="mt-2 flex flex-wrap gap-x-3 text-xs text-ink-2">
			<span>{t('Excluded:')}</span>
			{dropped.map(({ candidateId, name }) => (
				<span key={candidateId}>
					<span className="font-mono">{name}</span>{' '}
					{status === 'done' ? (
						<button type="button" className={textLinkClass} onClick={() => back(candidateId)}>
							{t('Include again')}
						</button>
					) : null}
				</span>
			))}
		</p>
	);
}

/** Notes on odd files, each with a link to the file's tensors. */
function NotesLine({ rows }: { rows: readonly ComparisonRow[] }) {
	const services = useServices();
	const { notes, about } = notesOf(rows);
	if (notes.length === 0) return null;
	return (
		<p className="mt-2 flex items-start gap-2 text-xs text-pretty text-ink-2">
			<Icon of={Info} size={14} className="mt-0.5 text-ink-3" />
			<span>
				{notes.map(translateWords).join(' ')}{' '}
				{about === null ? null : (
					<button type="button" className={textLinkClass} onClick={() => showModel(services, about)}>
						{t('Show tensors')}
					</button>
				)}
			</span>
		</p>
	);
}

const marks: Partial<Record<ComparisonOutcome, { icon: LucideIcon; className: string }>> = {
	recommended: { icon: Check, className: 'rounded-sm bg-accent px-1.5 py-0.5 font-medium text-on-accent' },
	'ruled-out': { icon: Ban, className: 'text-bad' },
	worse: { icon: Ban, className: 'text-bad' },
};

/** The outcome for a file in a few words. */
function Outcome({ row }: { row: ComparisonRow }) {
	if (row.reference && row.outcome !== 'recommended') {
		return <span className="rounded-sm border border-line-strong px-1.5 py-0.5">{t('Reference')}</span>;
	}
	if (row.outcome === null) {
		return (
			<span className="text-ink-3">{overallQuality(row) === undefined ? t('Not measured yet') : t('Incomplete')}</span>
		);
	}
	const mark = marks[row.outcome];
	return (
		<span className={`inline-flex items-center gap-1 ${mark?.className ?? 'text-ink-2'}`}>
			{mark === undefined ? null : <Icon of={mark.icon} size={12} />}
			{row.reason}
		</span>
	);
}

/** Actions on one file of a result. */
function RowMenu({
	row,
	comparison,
	columns,
}: {
	row: ComparisonRow;
	comparison: Comparison;
	columns: readonly Column[];
}) {
	const services = useServices();
	const { comparisons, models, toasts } = services;
	const chat = useSetDefaultModel();
	const file = useStore(models.state, (state) => state.models.find(({ id }) => id === row.modelFileId));
	const reference = comparison.rows.find((one) => one.reference)?.name ?? t('reference');
	const droppable = comparison.status === 'done' && !row.reference && comparison.rows.length > 2;
	async function copy(): Promise<void> {
		const copied = await copyText(toTabSeparatedRow(row, columns, reference));
		if (copied) toasts.show({ text: t('Row copied.') });
		else toasts.fail(t('Couldn’t copy. Allow this page to write to the clipboard.'));
	}
	function leaveOut(): void {
		const choice = { id: comparison.id, candidateId: row.candidateId };
		const put = (dropped: boolean) => comparisons.drop({ ...choice, dropped });
		void runOrToast(services, async () => {
			await put(true);
			const undo = (): void => void runOrToast(services, () => put(false));
			toasts.show({
				text: t('{name} excluded from the comparison', { name: row.name }),
				action: { label: t('Undo'), run: undo },
			});
		});
	}
	return (
		<Menu
			width={270}
			trigger={
				<button type="button" aria-label={t('More for {name}', { name: row.name })} className={iconButtonClass('sm')}>
					<Icon of={Ellipsis} size={14} />
				</button>
			}
		>
			{file === undefined || (file.default && row.adapters.length === 0) ? null : (
				<MenuItem icon={MessageSquare} onSelect={() => void chat(file.id, row.name, row.adapters)}>
					{t('Use for chat')}
				</MenuItem>
			)}
			{file === undefined ? null : (
				<MenuItem icon={Box} onSelect={() => showModel(services, file.id)}>
					{t('Show in Models')}
				</MenuItem>
			)}
			<MenuItem icon={Copy} onSelect={() => void copy()}>
				{t('Copy row')}
			</MenuItem>
			{file === undefined || row.reference || row.adapters.length > 0 ? null : (
				<MenuItem icon={Scale} onSelect={() => comparisons.propose(file.id, comparison)}>
					{t('Compare with this file as reference')}
				</MenuItem>
			)}
			{droppable ? (
				<>
					<MenuLine />
					<MenuItem icon={X} onSelect={leaveOut}>
						{t('Exclude from the comparison')}
					</MenuItem>
				</>
			) : null}
		</Menu>
	);
}
