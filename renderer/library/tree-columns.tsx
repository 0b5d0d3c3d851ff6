import { ArrowDown, ArrowUp } from 'lucide-react';
import { Icon } from '../design/icon.tsx';
import { t } from '../messages/t.ts';
import type { SortColumn, Sorting } from './model-rows.ts';

/** Which columns the list has: figures only if at least one file has them. */
export interface TreeColumns {
	readonly divergence: boolean;
	readonly accuracy: boolean;
	readonly speed: boolean;
	/** Whether a speed has an error, whose room the others then leave free. */
	readonly speedError: boolean;
	/** Number of columns, including those that a narrow list hides. */
	readonly count: number;
}

/** Columns that a narrow list hides, in the order in which they go. */
export const columnClass = {
	needs: 'hidden @5xl:table-cell',
	divergence: 'hidden @min-[832px]:table-cell',
	accuracy: 'hidden @2xl:table-cell',
	speed: 'hidden @xl:table-cell',
} as const;

const head =
	'sticky -top-4 z-10 border-b border-line-strong bg-surface px-2 pt-0.5 pb-1.5 @5xl:px-2.5 align-bottom text-2xs/3.5 font-medium text-ink-3 whitespace-nowrap';

/** Best first: the first press on a column sorts by what people look for. */
const bestIsHigh: ReadonlySet<SortColumn> = new Set(['accuracy', 'speed']);

/** The heads of the columns; a press sorts by one, another press turns the order round. */
export function ColumnHead({
	columns,
	sorting,
	onSort,
}: {
	columns: TreeColumns;
	sorting: Sorting;
	onSort: (sorting: Sorting) => void;
}) {
	const common = { sorting, onSort };
	return (
		<thead>
			<tr aria-rowindex={1}>
				<Head {...common} column="name" className="text-left">
					{t('Model')}
				</Head>
				<Head {...common} column="size" className="text-right">
					{t('Size')}
				</Head>
				<Head {...common} column="needs" className={`text-right ${columnClass.needs}`} unit="GB">
					{t('Memory')}
				</Head>
				<th scope="col" className={`${head} text-left`}>
					{t('Fit')}
				</th>
				{columns.divergence ? (
					<Head {...common} column="divergence" className={`text-right ${columnClass.divergence}`} unit={t('nats')}>
						{t('KL divergence')}
					</Head>
				) : null}
				{columns.accuracy ? (
					<Head {...common} column="accuracy" className={`text-right ${columnClass.accuracy}`} unit="%">
						{t('Accuracy')}
					</Head>
				) : null}
				{columns.speed ? (
					<Head {...common} column="speed" className={`text-right ${columnClass.speed}`} unit="tok/s">
						{t('Speed here')}
					</Head>
				) : null}
				<th scope="col" className={head}>
					<span className="sr-only">{t('Actions')}</span>
				</th>
			</tr>
		</thead>
	);
}

function Head({
	column,
	sorting,
	onSort,
	className,
	unit,
	children,
}: {
	column: SortColumn;
	sorting: Sorting;
	onSort: (sorting: Sorting) => void;
	className: string;
	unit?: string;
	children: string;
}) {
	const sorted = sorting.column === column;
	const descending = sorted ? !sorting.descending : bestIsHigh.has(column);
	return (
		<th
			scope="col"
			aria-sort={sorted ? (sorting.descending ? 'descending' : 'ascending') : undefined}
			className={`${head} ${className}`}
		>
			<button
				type="button"
				onClick={() => onSort({ column, descending })}
				className={`inline-flex items-end gap-1 rounded-xs font-medium hover:text-ink ${sorted ? 'text-ink' : ''}`}
			>
				<span className={unit === undefined ? '' : 'text-right'}>
					{children}
					{unit === undefined ? null : <span className="block font-normal">{unit}</span>}
				</span>
				{sorted ? <Icon of={sorting.descending ? ArrowDown : ArrowUp} size={12} /> : null}
			</button>
		</th>
	);
}
