import { meanOf } from '../statistics/mean-difference.ts';
import type { Measured } from './claims.ts';

/** Why scores on a task say nothing about the files. */
export interface TaskLevel {
	readonly problem: 'too-hard' | 'too-easy';
	/** The reference's mean score, 0 to 1. */
	readonly score: number;
	readonly samples: number;
}

/** At or below this mean score even the best file mostly fails, so that no loss can show. */
export const floor = 0.15;

/** From this mean score on even the worst file hardly fails, so that no difference can show. */
export const ceiling = 0.98;

/**
 * Tells whether the task can't separate the files, because all of them fail nearly everything or nothing; null if it
 * can, or if the scores are no shares. docs/formulas.md#floor-and-ceiling
 */
export function taskLevelOf(files: readonly Pick<Measured, 'reference' | 'scores'>[]): TaskLevel | null {
	const scored = files.flatMap(({ reference, scores }) => {
		const values = scores?.values.filter((value) => value !== null) ?? [];
		return values.length === 0 ? [] : [{ reference, values, mean: meanOf(values) }];
	});
	const standard = scored.find(({ reference }) => reference);
	if (standard === undefined || scored.some(({ values }) => values.some((value) => value < 0 || value > 1)))
		return null;
	const means = scored.map(({ mean }) => mean);
	const facts = { score: standard.mean, samples: standard.values.length };
	if (Math.max(...means) <= floor) return { problem: 'too-hard', ...facts };
	if (Math.min(...means) >= ceiling) return { problem: 'too-easy', ...facts };
	return null;
}
