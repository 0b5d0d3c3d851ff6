import { useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import type { ComparisonRow } from '../../../../electron/contract/comparison/comparison.ts';
import { useServices } from '../../../services.ts';
import { chooseColumns, columns } from './columns.ts';

const widths = [...new Set(columns.map(({ from }) => from))].toSorted((a, b) => b - a);
const query = (from: number): string => `(min-width: ${from}px)`;

function subscribe(listener: () => void): () => void {
	const queries = widths.map((from) => matchMedia(query(from)));
	for (const each of queries) each.addEventListener('change', listener);
	return () => {
		for (const each of queries) each.removeEventListener('change', listener);
	};
}

/** The columns of the result that there are and that are shown, by the window's width and what was chosen. */
export function useResultColumns(rows: readonly ComparisonRow[]): ReturnType<typeof chooseColumns> {
	const choice = useStore(useServices().comparisons.state, (state) => state.columns);
	const width = useSyncExternalStore(subscribe, () => widths.find((from) => matchMedia(query(from)).matches) ?? 0);
	return chooseColumns(rows, choice, width);
}
