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

/** Words for a score: shares as points, other scores as they are. */
function scoreWords(value: number, share: boolean, signed = true): string {
	const text = share ? `${Math.abs(100 * value).toFixed(1)}` : Math.abs(value).toFixed(3);
	return signed ? `${value < 0 ? '−' : '+'}${text}` : text;
}

/** A speed difference that is uncertain by more than this share of the speed is unknown. */
const uncertain = 0.25;

/** Rounds that differ by more than this share of the speed were disturbed by other programs. */
const disturbed = 0.15;

type SpeedWords = {
	/** Continues "is …"; null: nothing to say. */
	readonly phrase: string | null;
	/** A sentence for the detail. */
	readonly note: string | null;
};

/** "2.0 times as fast", or why the speeds can't be told apart. */
function speedWords(chosen: Measured, reference: Measured, claims: Claims): SpeedWords {
	if (chosen.generation === null || reference.generation === null) return { phrase: null, note: null };
	const factor = meanOf(chosen.generation) / meanOf(reference.generation);
	if (claims.better(chosen, reference, 'generation')) {
		return { phrase: `${factor.toFixed(factor < 1.1 ? 2 : 1)} times as fast`, note: null };
	}
	if (claims.better(reference, chosen, 'generation')) {
		return { phrase: `${factor.toFixed(2)} times as fast`, note: null };
	}
	if (chosen.generation.length < 2) {
		return { phrase: null, note: 'Speed was measured once, so a difference can’t be told from chance.' };
	}
	const { high, mean, standardError } = pairedDifference(chosen.generation, reference.generation);
	const speed = meanOf(reference.generation);
	if ((high - mean) / speed > uncertain) {
		const spread = standardError * Math.sqrt(chosen.generation.length);
		return {
			phrase: null,
			note:
				spread / speed > disturbed
					? 'Speed not measurable: the computer was busy. Measure it again when it is quiet.'
					: 'Too few repetitions to tell a difference in speed.',
		};
	}
	return { phrase: 'as fast, within the error', note: null };
}

const samplesWords = (count: number): string => `${count.toLocaleString('en')} ${count === 1 ? 'sample' : 'samples'}`;

/** The result of a task for two files; null if they share no scored sample. */
function taskWords(chosen: Measured, reference: Measured, claims: Claims): { phrase: string; detail: string } | null {
	if (chosen.scores === null || reference.scores === null) return null;
	const paired = pairScores(chosen.scores, reference.scores);
	if (paired === null) return null;
	const { n, difference, low, high, detectable } = paired;
	const share = [...chosen.scores.values, ...reference.scores.values].every(
		(value) => value === null || (value >= 0 && value <= 1),
	);
	const unit = share ? ' points' : '';
	// If no sample differs, up to 3 in n still could (rule of three).
	const seen = detectable ?? Math.min(1, 3 / n);
	const plain = (value: number): string => scoreWords(value, share, false);
	const more = n < 1_000_000 ? `; ${(4 * n).toLocaleString('en')} would show ${plain(seen / 2)}` : '';
	const detail = `Difference ${scoreWords(difference, share)}${unit}, 95 % interval ${scoreWords(low, share)} to ${scoreWords(high, share)}.`;
	if (claims.better(chosen, reference, 'scores')) {
		return { phrase: `answers better than ${reference.name} on ${samplesWords(n)}`, detail };
	}
	return {
		phrase: `shows no measurable loss against ${reference.name} on ${samplesWords(n)}`,
		detail: `${detail} A loss smaller than ${plain(seen)}${unit} would rarely show on ${samplesWords(n)}${more}.`,
	};
}

/** Says why the task is not counted, and what to do about it. */
function levelWords({ problem, score, samples }: TaskLevel, reference: Measured): string {
	const scored = `${reference.name} gets ${Math.round(100 * score)} % of ${samplesWords(samples)} right`;
	return problem === 'too-hard'
		? `The task is too hard for this model (${scored}), so a loss could not show and it is not counted. Choose an easier dataset.`
		: `The task is too easy for this model (${scored}), so a difference could not show and it is not counted. Choose a harder dataset.`;
}

function divergenceWords(chosen: Measured, reference: Measured): string | null {
	if (chosen.divergence === null || chosen.reference) return null;
	const half = halfWidth(chosen.divergence);
	const spread = Number.isFinite(half) ? ` ± ${half.toFixed(3)}` : ', from a single chunk';
	const about = chosen.approximate ? 'about ' : '';
	return `KL divergence ${about}${meanOf(chosen.divergence).toFixed(3)}${spread} from ${reference.name}.`;
}

/** "86 %"; never 100 % for less than all. */
export function topWords(share: number): string {
	return `${share < 1 ? Math.min(99, Math.round(100 * share)) : 100} %`;
}

/** Explains why no file replaces the reference. */
function keepWords({ files, rows, klLimit }: Findings): string {
	const are = (outcome: Judgement['outcome']): boolean => files.some(({ id }) => rows.get(id)?.outcome === outcome);
	const why = [
		are('worse') ? 'smaller files answer measurably worse' : null,
		are('ruled-out') ? `no smaller file stays below a KL divergence of ${klLimit} and is faster` : null,
	].filter((part) => part !== null);
	return why.length > 0 ? why.join(', and ') : 'no other file is measurably faster or smaller for the same quality';
}

function alike({ files, claims }: Findings): boolean {
	const metrics = ['divergence', 'generation', 'scores'] as const;
	const sizes = new Set(files.map(({ sizeBytes }) => sizeBytes));
	return (
		sizes.size === 1 && files.every((a) => files.every((b) => metrics.every((metric) => !claims.better(a, b, metric))))
	);
}

const sentences = (...parts: readonly (string | null | undefined)[]): string =>
	parts.filter((part) => part != null && part !== '').join(' ');

/** The verdict in one or two sentences. States only what was found, and also what could not be detected. */
export function describeVerdict(findings: Findings): Verdict {
	const { files, reference, chosen, claims, rows, taskLevel } = findings;
	if (reference === undefined || files.length < 2) {
		return { text: 'There is nothing to compare yet.', detail: '', choose: null, confidence: 'undecided' };
	}
	const level = taskLevel === null ? null : levelWords(taskLevel, reference);
	if (alike(findings)) {
		const text = `No measurable difference between ${files.map(({ name }) => name).join(', ')}. Use any of them, or measure more text or more repetitions.`;
		const task = files.flatMap((file) =>
			file === reference ? [] : (taskWords(file, reference, claims)?.detail ?? []),
		);
		return { text, detail: sentences(level ?? task[0]), choose: null, confidence: 'no-difference' };
	}
	const undecided = [...rows].filter(([, { outcome }]) => outcome === 'undecided').map(([id]) => id);
	const names = files.filter(({ id }) => undecided.includes(id)).map(({ name }) => name);
	const open =
		names.length === 0 ? '' : ` ${names.join(' and ')} could be on either side of the limit; more text would tell.`;
	if (chosen === undefined || chosen.reference) {
		const text = `Keep ${reference.name}: ${keepWords(findings)}.${open}`;
		return { text, detail: level ?? '', choose: reference.id, confidence: 'measured' };
	}
	const task = taskWords(chosen, reference, claims);
	const speed = speedWords(chosen, reference, claims);
	const share = `${Math.round((100 * chosen.sizeBytes) / reference.sizeBytes)} % of the size`;
	const parts = [
		task?.phrase,
		chosen.sameTop === null
			? null
			: `picks the same next token as ${reference.name} ${topWords(chosen.sameTop)} of the time`,
		...(speed.phrase === null ? [] : [`is ${speed.phrase} and ${share}`]),
	].filter((part) => part != null);
	const said =
		speed.phrase === null ? `${parts.join(', ')}${parts.length > 0 ? ' and ' : ''}is ${share}` : parts.join(', ');
	return {
		text: `Use ${chosen.name}. It ${said}.${open}`,
		detail: sentences(divergenceWords(chosen, reference), level ?? task?.detail, speed.note),
		choose: chosen.id,
		confidence: 'measured',
	};
}
