import {
	amount,
	figure,
	list,
	type Said,
	type SayableValue,
	said,
	sentences,
	spoken,
} from '../../models/contract/said.ts';
import type { Verdict } from '../contract/comparison/schema.ts';
import { meanOf, pairedDifference, varianceOf } from '../statistics/mean-difference.ts';
import { studentQuantile } from '../statistics/student-t.ts';
import { pairScores } from './accuracy.ts';
import type { Claims, Judgement, Measured } from './claims.ts';
import type { TaskLevel } from './task-level.ts';

export interface Findings {
	readonly files: readonly Measured[];
	readonly reference: Measured | undefined;
	readonly chosen: Measured | undefined;
	readonly claims: Claims;
	readonly klLimit: number;
	readonly rows: ReadonlyMap<number, Judgement>;
	/** Why the task is not counted; null: it is, or there is none. */
	readonly taskLevel: TaskLevel | null;
}

/** Half-width of the 95 % interval of a mean. */
function halfWidth(values: readonly number[]): number {
	if (values.length < 2) return Number.POSITIVE_INFINITY;
	return studentQuantile(0.05, values.length - 1) * Math.sqrt(varianceOf(values) / values.length);
}

/** A score: shares as points, other scores as they are. */
function scoreFigure(value: number, share: boolean, signed = true): SayableValue {
	const shown = share ? 100 * value : value;
	return figure(signed ? shown : Math.abs(shown), share ? 1 : 3, signed);
}

/** A score with its unit. */
function scoreWords(value: number, share: boolean, signed = true): SayableValue {
	const shown = scoreFigure(value, share, signed);
	return share ? said`${shown} points` : shown;
}

/** A speed difference that is uncertain by more than this share of the speed is unknown. */
const uncertain = 0.25;

/** Rounds that differ by more than this share of the speed were disturbed by other programs. */
const disturbed = 0.15;

type SpeedWords = {
	/** Continues "It …" with the size; null: nothing to say about the speed. */
	readonly phrase: Said | null;
	/** A sentence for the detail. */
	readonly note: Said | null;
};

/** "is 2.0 times as fast and 39 % of the size", or why the speeds can't be told apart. */
function speedWords(chosen: Measured, reference: Measured, claims: Claims, share: number): SpeedWords {
	if (chosen.generation === null || reference.generation === null) return { phrase: null, note: null };
	const factor = meanOf(chosen.generation) / meanOf(reference.generation);
	if (claims.better(chosen, reference, 'generation')) {
		const shown = figure(factor, factor < 1.1 ? 2 : 1);
		return { phrase: said`is ${shown} times as fast and ${share} % of the size`, note: null };
	}
	if (claims.better(reference, chosen, 'generation')) {
		return { phrase: said`is ${figure(factor, 2)} times as fast and ${share} % of the size`, note: null };
	}
	if (chosen.generation.length < 2) {
		return { phrase: null, note: said`Speed was measured once, so a difference can’t be told from chance.` };
	}
	const { high, mean, standardError } = pairedDifference(chosen.generation, reference.generation);
	const speed = meanOf(reference.generation);
	if ((high - mean) / speed > uncertain) {
		const spread = standardError * Math.sqrt(chosen.generation.length);
		return {
			phrase: null,
			note:
				spread / speed > disturbed
					? said`Speed not measurable: the computer was busy. Measure it again when it is quiet.`
					: said`Too few repetitions to tell a difference in speed.`,
		};
	}
	return { phrase: said`is as fast, within the error and ${share} % of the size`, note: null };
}

/** The result of a task for two files; null if they share no scored sample. */
function taskWords(chosen: Measured, reference: Measured, claims: Claims): { phrase: Said; detail: Said } | null {
	if (chosen.scores === null || reference.scores === null) return null;
	const paired = pairScores(chosen.scores, reference.scores);
	if (paired === null) return null;
	const { n, difference, low, high, detectable } = paired;
	const share = [...chosen.scores.values, ...reference.scores.values].every(
		(value) => value === null || (value >= 0 && value <= 1),
	);
	// If no sample differs, up to 3 in n still could (rule of three).
	const seen = detectable ?? Math.min(1, 3 / n);
	const detail = said`Difference ${scoreWords(difference, share)}, 95 % interval ${scoreFigure(low, share)} to ${scoreFigure(high, share)}.`;
	if (claims.better(chosen, reference, 'scores')) {
		return { phrase: said`answers better than ${reference.name} on ${amount(n, 'sample')}`, detail };
	}
	return {
		phrase: said`shows no measurable loss against ${reference.name} on ${amount(n, 'sample')}`,
		detail: sentences(
			detail,
			n < 1_000_000
				? said`A loss smaller than ${scoreWords(seen, share, false)} would rarely show on ${amount(n, 'sample')}; ${figure(4 * n)} would show ${scoreFigure(seen / 2, share, false)}.`
				: said`A loss smaller than ${scoreWords(seen, share, false)} would rarely show on ${amount(n, 'sample')}.`,
		),
	};
}

/** Says why the task is not counted, and what to do about it. */
function levelWords({ problem, score, samples }: TaskLevel, reference: Measured): Said {
	const scored = said`${reference.name} gets ${Math.round(100 * score)} % of ${amount(samples, 'sample')} right`;
	return problem === 'too-hard'
		? said`The task is too hard for this model (${scored}), so a loss could not show and it is not counted. Choose an easier dataset.`
		: said`The task is too easy for this model (${scored}), so a difference could not show and it is not counted. Choose a harder dataset.`;
}

function divergenceWords(chosen: Measured, reference: Measured): Said | null {
	if (chosen.divergence === null || chosen.reference) return null;
	const half = halfWidth(chosen.divergence);
	const found = figure(meanOf(chosen.divergence), 3);
	const mean = chosen.approximate ? said`about ${found}` : found;
	return Number.isFinite(half)
		? said`KL divergence ${mean} ± ${figure(half, 3)} from ${reference.name}.`
		: said`KL divergence ${mean}, from a single chunk from ${reference.name}.`;
}

/** "86 %"; never 100 % for less than all. */
export function topWords(share: number): string {
	return `${share < 1 ? Math.min(99, Math.round(100 * share)) : 100} %`;
}

/** Explains why no file replaces the reference. */
function keepWords({ files, reference, rows, klLimit }: Findings): Said {
	const name = reference?.name ?? '';
	const are = (outcome: Judgement['outcome']): boolean => files.some(({ id }) => rows.get(id)?.outcome === outcome);
	if (are('worse')) {
		return are('ruled-out')
			? said`Keep ${name}: smaller files answer measurably worse, and no smaller file stays below a KL divergence of ${klLimit} and is faster.`
			: said`Keep ${name}: smaller files answer measurably worse.`;
	}
	return are('ruled-out')
		? said`Keep ${name}: no smaller file stays below a KL divergence of ${klLimit} and is faster.`
		: said`Keep ${name}: no other file is measurably faster or smaller for the same quality.`;
}

function alike({ files, claims }: Findings): boolean {
	const metrics = ['divergence', 'generation', 'scores'] as const;
	const sizes = new Set(files.map(({ sizeBytes }) => sizeBytes));
	return (
		sizes.size === 1 && files.every((a) => files.every((b) => metrics.every((metric) => !claims.better(a, b, metric))))
	);
}

/** The verdict in one or two sentences. States only what was found, and also what could not be detected. */
export function describeVerdict(findings: Findings): Verdict {
	const { files, reference, chosen, claims, rows, taskLevel } = findings;
	if (reference === undefined || files.length < 2) {
		return spoken({
			text: said`There is nothing to compare yet.`,
			detail: '',
			choose: null,
			confidence: 'undecided',
		});
	}
	const level = taskLevel === null ? null : levelWords(taskLevel, reference);
	if (alike(findings)) {
		const names = files.map(({ name }) => name);
		const text = said`No measurable difference between ${list(names, 'comma')}. Use any of them, or measure more text or more repetitions.`;
		const task = files.flatMap((file) =>
			file === reference ? [] : (taskWords(file, reference, claims)?.detail ?? []),
		);
		return spoken({ text, detail: sentences(level ?? task[0]), choose: null, confidence: 'no-difference' });
	}
	const undecided = files.filter(({ id }) => rows.get(id)?.outcome === 'undecided');
	const names = (changed: boolean): string[] =>
		undecided.filter((file) => file.changed === changed).map(({ name }) => name);
	const [near, changed] = [names(false), names(true)];
	const open = sentences(
		near.length === 0 ? null : said`${list(near, 'each')} could be on either side of the limit; more text would tell.`,
		changed.length === 0
			? null
			: level === null
				? said`Only samples tell whether the answers of ${list(changed)} are better or worse: choose a dataset to answer.`
				: said`These samples don’t show whether the answers of ${list(changed)} are better or worse.`,
	);
	if (chosen === undefined || chosen.reference) {
		const text = sentences(keepWords(findings), open);
		return spoken({ text, detail: level ?? '', choose: reference.id, confidence: 'measured' });
	}
	const task = taskWords(chosen, reference, claims);
	const share = Math.round((100 * chosen.sizeBytes) / reference.sizeBytes);
	const speed = speedWords(chosen, reference, claims, share);
	const parts = [
		task?.phrase,
		chosen.sameTop === null
			? null
			: said`picks the same next token as ${reference.name} ${topWords(chosen.sameTop)} of the time`,
		speed.phrase ?? said`is ${share} % of the size`,
	].filter((part) => part != null);
	const found = list(parts, speed.phrase === null ? 'and' : 'comma');
	return spoken({
		text: sentences(said`Use ${chosen.name}. It ${found}.`, open),
		detail: sentences(divergenceWords(chosen, reference), level ?? task?.detail, speed.note),
		choose: chosen.id,
		confidence: 'measured',
	});
}
