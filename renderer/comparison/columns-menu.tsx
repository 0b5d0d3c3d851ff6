import { Columns3, RotateCcw } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import type { Comparison, ComparisonRow } from '../../electron/contract/comparison/schema.ts';
import { buttonClass } from '../design/button.tsx';
import { Icon } from '../design/icon.tsx';
import { Menu, MenuCheck, MenuItem, MenuLine } from '../design/menu.tsx';
import { isPageAtLeast, onPageWidth } from '../design/page-width.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { chooseColumns, columns, formatColumnName } from './result-columns.ts';

/** Chooses the table's columns; the button shows how many if some are hidden. */
export function ColumnsMenu({ comparison: { rows } }: { comparison: Comparison }) {
	const { comparisons, settings } = useServices();
	const { all, shown } = useResultColumns(rows);
	const chosen = useStore(settings.state, ({ comparisonColumns }) => Object.keys(comparisonColumns).length > 0);
	const reference = rows.find((row) => row.reference)?.name ?? t('reference');
	// The file and the result are always shown.
	const words = t('{shown} of {all}', { shown: shown.length + 2, all: all.length + 2 });
	return (
		<Menu
			width={250}
			trigger={
				<button type="button" className={buttonClass('ghost')} aria-label={t('Columns, {words} shown', { words })}>
					<Icon of={Columns3} size={14} />
					{shown.length === all.length ? t('Columns') : <span className="tabular-nums">{words}</span>}
				</button>
			}
		>
			{all.map((column) => (
				<MenuCheck
					key={column.key}
					checked={shown.includes(column)}
					onChange={() => comparisons.showColumn(column.key, !shown.includes(column))}
				>
					{formatColumnName(column, reference)}
				</MenuCheck>
			))}
			{chosen ? (
				<>
					<MenuLine />
					<MenuItem icon={RotateCcw} onSelect={() => comparisons.showColumn(null, true)}>
						{t('Fit the window')}
					</MenuItem>
				</>
			) : null}
		</Menu>
	);
}

const widths = [...new Set(columns.map(({ from }) => from))].toSorted((a, b) => b - a);

/** Returns the available and the visible columns of the result, by the window's width and the user's choice. */
export function useResultColumns(rows: readonly ComparisonRow[]): ReturnType<typeof chooseColumns> {
	const choice = useStore(useServices().settings.state, ({ comparisonColumns }) => comparisonColumns);
	const width = useSyncExternalStore(onPageWidth, () => widths.find(isPageAtLeast) ?? 0);
	return chooseColumns(rows, choice, width);
}
