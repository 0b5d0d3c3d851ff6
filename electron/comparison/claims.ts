import type { SaidFacts } from '../../models/contract/said.ts';
import type { ComparisonOutcome } from '../contract/comparison/schema.ts';
import { holm, meanOf, pairedDifference, varianceOf } from '../statistics/mean-difference.ts';
import { studentP } from '../statistics/student-t.ts';
import { pairScores, type TaskScores } from './accuracy.ts';

/** Measurements of one file. Two files' arrays cover the same chunks, rounds or samples, in the same order. */
export interface Measured {
	readonly id: number;
	readonly name: string;
	readonly reference: boolean;
	readonly sizeBytes: number;
	/** Another model of the same shape, with adapters or merged: only answers tell whether it is better. */
	readonly changed: boolean;
	/**
	 * Mean KL divergence of each chunk from the reference, nats; zeros for the reference itself; null: not measured.
	 */
	readonly divergence: readonly number[] | null;
	/** Share of positions where it picks the reference's next token; null: not measured. */
	readonly sameTop: number | null;
	/** The divergence was estimated (models/native/score/store). */
	readonly approximate: boolean;
	/** Tokens per second in each round over all files; null: not measured. */
	readonly generation: readonly number[] | null;
	/** Score of each sample of a task, with the same samples for every file; null: not measured. */
	readonly scores: Pick<TaskScores, 'values' | 'clusters'> | null;
}

export type Metric = 'divergence' | 'generation' | 'scores';

/** Probability of any false claim among all that one comparison makes. */
export const alpha = 0.05;

/** Claims that the numbers support. */
export interface Claims {
	/** Whether `a` is measurably better than `b` by this metric. */
	better(a: Measured, b: Measured, metric: Metric): boolean;
	/** Whether the divergence is measurably above the limit. */
	over(a: Measured): boolean;
}

/** For all other metrics, larger is better. */
const lowerIsBetter: readonly Metric[] = ['divergence'];

/** Mean of a − b and its two-sided p; null if either was not measured. */
function differenceOf(a: Measured, b: Measured, metric: Metric): { readonly mean: number; readonly p: number } | null {
	if (metric === 'scores') {
		const paired = a.scores === null || b.scores === null ? null : pairScores(a.scores, b.scores);
		return paired === null ? null : { mean: paired.difference, p: paired.p };
	}
	const first = a[metric];
	const second = b[metric];
	if (first === null || second === null || first.length === 0 || second.length === 0) return null;
	return pairedDifference(first, second);
}

/** One-sided p that the mean is above the limit. */
function overP(values: readonly number[], limit: number): number {
	const error = Math.sqrt(varianceOf(values) / values.length);
	const excess = meanOf(values) - limit;
	if (values.length < 2 || excess <= 0) return 1;
	return error === 0 ? 0 : studentP(excess / error, values.length - 1) / 2;
}

const key = (a: Measured, b: Measured, metric: Metric): string => `${a.id}:${b.id}:${metric}`;

/**
 * Tests every pair of files by every metric, and every file against the limit, and adjusts all p-values together
 * (Holm). Among equal files, at most 5 % of comparisons call anything better.
 */
export function testClaims(files: readonly Measured[], klLimit: number): Claims {
	const found: { name: string; p: number; better: string | null }[] = [];
	for (const [index, a] of files.entries()) {
		for (const b of files.slice(index + 1)) {
			for (const metric of ['divergence', 'generation', 'scores'] as const) {
				// A file always differs from the reference that its divergence is measured from, so that is no finding.
				if (metric === 'divergence' && (a.reference || b.reference)) continue;
				const difference = differenceOf(a, b, metric);
				if (difference === null) continue;
				const first = difference.mean > 0 !== lowerIsBetter.includes(metric);
				const better = first ? key(a, b, metric) : key(b, a, metric);
				found.push({ name: better, p: difference.p, better: difference.mean === 0 ? null : better });
			}
		}
		if (!a.reference && a.divergence !== null) {
			found.push({ name: `over:${a.id}`, p: overP(a.divergence, klLimit), better: `over:${a.id}` });
		}
	}
	const adjusted = holm(found.map(({ p }) => p));
	const held = new Set(found.filter((_, index) => (adjusted[index] ?? 1) <= alpha).map(({ better }) => better));
	return {
		better: (a, b, metric) => held.has(key(a, b, metric)),
		over: (a) => held.has(`over:${a.id}`),
	};
}

/** The outcome of one file. */
export interface Judgement {
	readonly outcome: ComparisonOutcome;
	/** A few words for the table. */
	readonly reason: string;
	/** Message of the reason. */
	readonly said?: SaidFacts[];
	/** Id of the file that beats this one. */
	readonly beatenBy?: number;
}
