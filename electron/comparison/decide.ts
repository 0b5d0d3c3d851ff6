import { said, spoken } from '../../models/contract/said.ts';
import type { Verdict } from '../contract/comparison/schema.ts';
import { meanOf } from '../statistics/mean-difference.ts';
import { median } from '../statistics/median.ts';
import { type Claims, type Judgement, type Measured, testClaims } from './claims.ts';
import { taskLevelOf } from './task-level.ts';
import { describeVerdict } from './verdict-words.ts';

export interface Decision {
	readonly verdict: Verdict;
	readonly rows: ReadonlyMap<number, Judgement>;
}

/** What rules a file out by itself; null if nothing does. */
function exclusion(file: Measured, claims: Claims, klLimit: number): Judgement | null {
	if (file.divergence === null || file.reference || meanOf(file.divergence) <= klLimit) return null;
	return claims.over(file)
		? spoken({ outcome: 'ruled-out', reason: said`Ruled out` })
		: spoken({ outcome: 'undecided', reason: said`Too close to the limit to tell` });
}

/** The file among the `good` ones, preferably the reference, that answers a task measurably better. */
function answersBetter(file: Measured, good: readonly Measured[], claims: Claims): Measured | undefined {
	// The reference is the standard: a smaller file of it that answers better is no reason to rule it out.
	if (file.reference) return good.find((other) => other.changed && claims.better(other, file, 'scores'));
	return good
		.toSorted((a, b) => Number(b.reference) - Number(a.reference))
		.find((other) => other !== file && claims.better(other, file, 'scores'));
}

/** Whether `other` beats `file`: no larger, measurably better by one metric, and worse by none. */
function beats(other: Measured, file: Measured, claims: Claims): boolean {
	const metrics = ['divergence', 'generation', 'scores'] as const;
	if (other.sizeBytes > file.sizeBytes) return false;
	// Only answers tell what an adapter is worth.
	if ((other.changed || file.changed) && (other.scores === null || file.scores === null)) return false;
	if (metrics.some((metric) => claims.better(file, other, metric))) return false;
	// The reference's own quality is the standard, so nothing beats it there.
	if (file.reference) return false;
	return metrics.some((metric) => claims.better(other, file, metric));
}

/**
 * The fastest file; among those that are not measurably slower, the smallest; among those, the closest to the
 * reference.
 */
function best(files: readonly Measured[], claims: Claims): Measured | undefined {
	const speed = (file: Measured): number => (file.generation === null ? 0 : median(file.generation));
	const fastest = files.toSorted((a, b) => speed(b) - speed(a))[0];
	if (fastest === undefined) return undefined;
	const divergence = (file: Measured): number => (file.divergence === null ? 0 : meanOf(file.divergence));
	return files
		.filter((file) => !claims.better(fastest, file, 'generation'))
		.toSorted((a, b) => a.sizeBytes - b.sizeBytes || divergence(a) - divergence(b) || a.id - b.id)[0];
}

/**
 * Decides by fixed rules, in this order. A mean KL divergence above the limit rules a file out (within its error, the
 * file stays undecided). Of the good files, a paired task rules out those that answer measurably worse than another. A
 * file that another one beats (no larger, measurably better by one metric, worse by none) is dominated. Of the rest,
 * the fastest is recommended; of equally fast ones, the smallest. A file of another model, with adapters or merged, is
 * judged by its answers alone: what it changes is no loss, and if it answers better, the reference is ruled out. Every claim is tested, all of them together at 5 %. A
 * task that all files fail, or none, does not count.
 */
export function decide(all: readonly Measured[], klLimit: number): Decision {
	const found = testClaims(all, klLimit);
	// A difference that is measurable all the same shows that the task can tell files apart.
	const tells = all.some((a) => all.some((b) => found.better(a, b, 'scores')));
	const taskLevel = tells ? null : taskLevelOf(all);
	const files = taskLevel === null ? all : all.map((file) => ({ ...file, scores: null }));
	const claims = taskLevel === null ? found : testClaims(files, klLimit);
	const reference = files.find((file) => file.reference);
	const rows = new Map<number, Judgement>();
	for (const file of files) {
		const excluded = exclusion(file, claims, klLimit);
		if (excluded !== null) rows.set(file.id, excluded);
	}
	const good = files.filter(({ id }) => !rows.has(id));
	for (const file of good) {
		if (file.changed && file.scores === null) {
			rows.set(file.id, spoken({ outcome: 'undecided', reason: said`Only samples tell whether it answers better` }));
		}
	}
	for (const file of good) {
		const better = answersBetter(file, good, claims);
		if (better !== undefined && !rows.has(file.id))
			rows.set(file.id, spoken({ outcome: 'worse', reason: said`Answers worse than ${better.name}` }));
	}
	const left = files.filter(({ id }) => !rows.has(id));
	for (const file of left) {
		const winner = left.find((other) => other !== file && beats(other, file, claims));
		if (winner === undefined) continue;
		rows.set(file.id, spoken({ outcome: 'dominated', reason: said`Beaten by ${winner.name}`, beatenBy: winner.id }));
	}
	const candidates = files.filter(({ id }) => !rows.has(id));
	const chosen = best(candidates, claims);
	for (const file of candidates) {
		if (file === chosen && !file.reference)
			rows.set(file.id, spoken({ outcome: 'recommended', reason: said`Use this one` }));
		else if (file.reference) rows.set(file.id, spoken({ outcome: 'reference', reason: said`Reference` }));
		else if (chosen !== undefined && claims.better(chosen, file, 'generation')) {
			rows.set(file.id, spoken({ outcome: 'acceptable', reason: said`Slower than ${chosen.name}` }));
		} else rows.set(file.id, spoken({ outcome: 'acceptable', reason: said`Acceptable` }));
	}
	return { verdict: describeVerdict({ files, reference, chosen, claims, klLimit, rows, taskLevel }), rows };
}
