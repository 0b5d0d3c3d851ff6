import type { QuantizeOrigin } from '../../contract/model/make.ts';
import type { StepResults } from '../steps.ts';

/**
 * Why a file is larger than its type: the reason that most of its tensors share; null where none fell back or nothing
 * tells. `produced` is what was noted when this comparison made it, `made` when it was made at any time.
 */
export function fallbackWords(produced: StepResults['produce'] | null, made: QuantizeOrigin | null): string | null {
	const { fallbacks } = produced ?? made ?? { fallbacks: [] };
	const tensors = produced?.tensors.reduce((sum, { count }) => sum + count, 0) ?? made?.tensors ?? null;
	if (tensors === null || fallbacks.length === 0) return null;
	const reasons = Map.groupBy(fallbacks, ({ reason }) => reason);
	const [most] = [...reasons].toSorted(([, a], [, b]) => b.length - a.length);
	const why = most?.[0].replace(/^its rows/, 'their rows') ?? '';
	const types = [...new Set(fallbacks.map(({ to }) => to))].join(', ');
	return `${fallbacks.length} of its ${tensors} tensors became ${types}, as ${why}`;
}
