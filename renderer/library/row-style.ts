/** Classes of cells in the table of models. */
export const cell = 'h-9 border-b px-2 whitespace-nowrap @5xl:px-2.5';
export const figure = `${cell} text-right font-mono text-xs tabular-nums tracking-[-0.01em]`;

/** Returns the background and border classes of a row's cells. */
export function rowEdgeClass(selected: boolean, open = false): string {
	if (selected) return `bg-accent-soft ${open ? 'border-b-transparent' : 'border-line'}`;
	return 'border-line group-hover:bg-[color-mix(in_oklab,var(--surface),var(--ink)_2%)]';
}

/** Returns the classes of the marker on the left of the selected row. */
export function rowMarkClass(selected: boolean): string {
	return selected ? 'shadow-[inset_2px_0_0_var(--accent)]' : '';
}
