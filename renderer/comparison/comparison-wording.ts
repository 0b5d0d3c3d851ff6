import type { Comparison } from '../../electron/contract/comparison/schema.ts';

/**
 * Returns the system load met during the measurement if it exceeds what the measurement's own threads explain (the
 * one-minute average includes the step before); null on an idle computer.
 */
function busyLoad({ conditions }: Pick<Comparison, 'conditions'>): number | null {
	const load = Number(conditions.highestLoadBefore ?? 0);
	const own = Number(conditions.threads ?? 1);
	return load > own + 0.5 + 0.25 * Number(conditions.cores ?? 1) ? load : null;
}

/** Lists what makes the numbers less reliable than they look, one sentence each. */
export function describeCaveats(comparison: Pick<Comparison, 'conditions' | 'warnings'>): readonly string[] {
	const load = busyLoad(comparison);
	return [
		...(load === null
			? []
			: [
					`Other programs took processor time while it measured (load ${load.toFixed(1)}), so the speeds may be wrong: measure again at rest. Quality is not touched by that.`,
				]),
		...comparison.warnings.map(({ message }) => message),
	];
}

/** Formats a kind of text for display: "structured-data" → "Structured data". */
export function formatCategory(category: string): string {
	const words = category.replaceAll(/[-_]+/g, ' ');
	return words.slice(0, 1).toUpperCase() + words.slice(1);
}
