import { type KeyboardEvent, useRef } from 'react';
import type { CriterionOutcome } from '../../../electron/contract/evaluation/run-config.ts';
import type { Arm } from '../../../electron/contract/evaluation/schema.ts';
import { Lines } from '../../design/lines.tsx';
import { t } from '../../messages/t.ts';
import {
	describeSamples,
	formatFigure,
	formatInterval,
	formatPlain,
	formatSpokenInterval,
	type Unit,
} from '../score-format.ts';
import { CriteriaBadge } from './criteria-table.tsx';
import { IntervalBar } from './interval-bar.tsx';
import { computeBarDomain, type Matrix, type Variant } from './result-matrix.ts';

/** With more rows than this, rows are low so that the difference stays in view. */
const tallRows = 2;

/** Row names longer than this get more room, in characters. */
const longHead = 12;
const veryLongHead = 28;

/** Width of the column of row names: a single column of scores leaves room for long ones. */
function headWidth({ variants, columns }: Matrix): string {
	const longest = Math.max(...variants.map(({ label }) => label.length));
	if (longest > veryLongHead && columns.length === 1) return 'w-52';
	return longest > longHead ? 'w-28' : 'w-21';
}

interface Choice {
	readonly scorer: string;
	readonly unit: Unit;
	readonly bestId: number | null;
	readonly baseId: number | null;
	readonly otherId: number | null;
	readonly criteria: readonly CriterionOutcome[];
	/** Compares this arm with the baseline. */
	readonly onChoose: (armId: number) => void;
	readonly onBase: (armId: number) => void;
}

/** All combinations with their scores: prompts and techniques in rows, models in columns, all bars on one axis. */
export function MatrixTable({ matrix, ...choice }: { matrix: Matrix } & Choice) {
	const table = useRef<HTMLTableElement>(null);
	const { columns, variants } = matrix;
	const metrics = variants.flatMap(({ arms }) => arms.map((arm) => arm?.metrics[choice.scorer]));
	const domain = computeBarDomain(metrics, choice.unit);
	const low = variants.length > tallRows;
	// What sets the columns apart comes first.
	const quantizationsDiffer = columns.length > 1 && new Set(columns.map(({ name }) => name)).size === 1;
	function press(event: KeyboardEvent): void {
		const cells = [...(table.current?.querySelectorAll<HTMLElement>('[data-cell]') ?? [])];
		const at = cells.indexOf(document.activeElement as HTMLElement);
		if (at === -1) return;
		const { row, column } = cells[at]?.dataset ?? {};
		const step = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] }[event.key];
		if (event.key === 'b') choice.onBase(Number(cells[at]?.dataset.cell));
		else if (step !== undefined) {
			const [down = 0, across = 0] = step;
			const next = cells.find(
				({ dataset }) =>
					Number(dataset.row) === Number(row) + down && Number(dataset.column) === Number(column) + across,
			);
			next?.focus();
		} else return;
		event.preventDefault();
	}
	return (
		<table
			ref={table}
			onKeyDown={press}
			className="-m-1.5 w-[calc(100%+12px)] table-fixed border-separate border-spacing-1.5"
		>
			<caption className="sr-only">{t('{scorer}, means with 95 % intervals', { scorer: choice.scorer })}</caption>
			<thead>
				<tr>
					<td className={`p-0 text-2xs/3.5 text-ink-3 ${headWidth(matrix)}`}>
						<Lines
							text={t('Bars show\n{low} to {high}{unit}', {
								low: formatPlain(domain[0], choice.unit.factor === 100 ? 0 : 2),
								high: formatPlain(domain[1], choice.unit.factor === 100 ? 0 : 2),
								unit: choice.unit.mark,
							})}
						/>
					</td>
					{columns.map(({ key, name, quantization, adapters }) => (
						<th key={key} scope="col" className="truncate px-3 text-left text-xs font-medium">
							{adapters === '' ? null : <>{adapters} </>}
							{adapters !== '' ? (
								<span className="font-normal text-ink-3">
									{name} <span className="font-mono">{quantization}</span>
								</span>
							) : quantizationsDiffer ? (
								<>
									<span className="font-mono">{quantization}</span>{' '}
									<span className="font-normal text-ink-3">{name}</span>
								</>
							) : (
								<>
									{name} <span className="font-mono font-normal text-ink-3">{quantization}</span>
								</>
							)}
						</th>
					))}
				</tr>
			</thead>
			<tbody>
				{variants.map((variant, row) => (
					<tr key={variant.key}>
						<VariantHead variant={variant} />
						{variant.arms.map((arm, column) => (
							<Cell
								key={columns[column]?.key}
								arm={arm}
								row={row}
								column={column}
								low={low}
								domain={domain}
								choice={choice}
								label={[variant.label, columns[column]?.label].filter(Boolean).join(', ')}
							/>
						))}
					</tr>
				))}
			</tbody>
		</table>
	);
}

/** Why a cell has no score. */
function describeNoScore({ n, errors }: Arm): string {
	if (n === 0) return t('Not measured yet');
	return errors < n
		? t('Nothing scored')
		: t('{errors, plural, one {The answer failed} other {All # answers failed}}', { errors });
}

function VariantHead({ variant: { label, detail } }: { variant: Variant }) {
	return (
		<th scope="row" className="text-left text-xs font-normal">
			<span className="line-clamp-2 font-medium" title={label}>
				{label}
			</span>
			<span className="line-clamp-2 text-ink-3" title={detail}>
				{detail}
			</span>
		</th>
	);
}

function Cell({
	arm,
	row,
	column,
	low,
	domain,
	choice,
	label,
}: {
	arm: Arm | undefined;
	row: number;
	column: number;
	low: boolean;
	domain: readonly [number, number];
	choice: Choice;
	label: string;
}) {
	if (arm === undefined)
		return <td className="rounded-[8px] border border-dashed border-line text-center text-xs text-ink-3">–</td>;
	const { scorer, unit, bestId, baseId, otherId, criteria, onChoose } = choice;
	const metric = arm.metrics[scorer];
	const best = arm.id === bestId;
	const base = arm.id === baseId;
	const tone = best
		? 'border-accent/45 bg-accent-soft'
		: base
			? 'border-line-strong bg-sunken'
			: 'border-line bg-surface';
	const entry = arm.id === (otherId ?? bestId) || (otherId === null && bestId === null && row === 0 && column === 0);
	const own = criteria.filter(({ armId }) => armId === arm.id);
	return (
		<td className="h-px p-0">
			<button
				type="button"
				data-cell={arm.id}
				data-row={row}
				data-column={column}
				tabIndex={entry ? 0 : -1}
				aria-pressed={arm.id === otherId}
				aria-keyshortcuts="b"
				title={
					base ? t('Baseline') : t('Compare {label} with the baseline. Press B to make it the baseline.', { label })
				}
				onClick={() => onChoose(arm.id)}
				className={`block h-full w-full rounded-[8px] border px-3 text-left hover:border-control ${low ? 'py-1' : 'py-[9px]'} ${tone} ${
					arm.id === otherId && !best ? 'border-accent!' : ''
				}`}
			>
				<span className="sr-only">{label}: </span>
				<span className="flex min-h-6.5 flex-wrap items-center gap-x-2 gap-y-1">
					{metric === undefined ? (
						<span className="text-xs text-ink-3">{describeNoScore(arm)}</span>
					) : (
						<span className={`font-semibold tracking-[-0.02em] tabular-nums ${low ? 'text-lg/6' : 'text-xl/6.5'}`}>
							{formatFigure(metric.value, unit)}
							<small className="text-sm font-medium tracking-normal text-ink-2">{unit.mark}</small>
						</span>
					)}
					{/* In a narrow column they appear below the number. */}
					<span className="ml-auto flex items-center gap-1.5 empty:hidden">
						{own.length === 0 || metric === undefined ? null : <CriteriaBadge outcomes={own} />}
						{best ? (
							<span className="inline-flex h-5 items-center rounded-sm bg-accent px-[7px] text-xs/none font-medium text-on-accent">
								{t('Best')}
							</span>
						) : null}
						{base ? (
							<span className="inline-flex h-5 items-center rounded-sm px-[7px] text-xs/none font-medium text-ink-2 inset-ring inset-ring-line-strong">
								{t('Baseline')}
							</span>
						) : null}
					</span>
				</span>
				{metric === undefined ? (
					// As tall as a score, so that nothing moves when the first one comes.
					<span aria-hidden className={low ? 'block h-4.5' : 'block h-8.75'} />
				) : (
					<span className={low ? 'flex items-center gap-2' : ''}>
						<IntervalBar
							value={metric.value * unit.factor}
							low={metric.low * unit.factor}
							high={metric.high * unit.factor}
							domain={domain}
							label={formatSpokenInterval(metric, unit)}
							tone={best ? 'best' : base ? 'baseline' : 'plain'}
							className={low ? 'flex-1' : 'mt-0.5 mb-px'}
						/>
						<span className="block truncate text-xs text-ink-2 tabular-nums">
							{formatInterval(metric, unit)}
							{low ? null : <span className="text-ink-3"> · {describeSamples(metric, arm.errors)}</span>}
						</span>
					</span>
				)}
			</button>
		</td>
	);
}
