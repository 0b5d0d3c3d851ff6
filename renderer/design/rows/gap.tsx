/** Stands in a table for the rows that are out of sight; `height` in px. */
export function RowGap({ height }: { height: number }) {
	return height <= 0 ? null : <tr aria-hidden style={{ height }} />;
}
