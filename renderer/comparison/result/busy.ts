import type { Comparison } from '../../../electron/contract/comparison/comparison.ts';

/**
 * The load that was met while it measured, where that is more than its own threads account for (the average of the last
 * minute holds the step before); null at rest.
 */
export function busyLoad({ conditions }: Pick<Comparison, 'conditions'>): number | null {
	const load = Number(conditions.highestLoadBefore ?? 0);
	const own = Number(conditions.threads ?? 1);
	return load > own + 0.5 + 0.25 * Number(conditions.cores ?? 1) ? load : null;
}
