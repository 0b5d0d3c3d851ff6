import type { Verdict } from '../contract/comparison/schema.ts';
import { meanOf, varianceOf } from '../statistics/mean-difference.ts';
import { studentQuantile } from '../statistics/student-t.ts';
import { pairScores } from './accuracy.ts';
import type { Claims, Judgement, Measured } from './claims.ts';

export interface Findings {
	readonly files: readonly Measured[];
	readonly reference: Measured | undefined;
	readonly chosen: Measured | undefined;
	readonly claims: Claims;
	readonly klLimit: number;
	readonly rows: ReadonlyMap<number, Judgement>;
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

/** "2.0 times as fast as F16", or that the difference is within the error. */
function speedWords(chosen: Measured, reference: Measured, claims: Claims): string | null {
	if (chosen.generation === null || reference.generation === null) return null;
	const factor = meanOf(chosen.generation) / meanOf(reference.generation);
	if (claims.better(chosen, reference, 'generation')) return `${factor.toFixed(1)} times as fast`;
	if (claims.better(reference, chosen, 'generation')) return `${factor.toFixed(2)} times as fast`;
	return 'as fast within the error';
}

/** The result of a task for two files; null if they share no scored sample. */
function taskWords(chosen: Measured, reference: Measured, claims: Claims): { text: string; detail: string } | null {
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
	const samples = (count: number): string => `${count.toLocaleString('en')} ${count === 1 ? 'sample' : 'samples'}`;
	const more = n < 1_000_000 ? `; ${(4 * n).toLocaleString('en')} would show ${plain(seen / 2)}` : '';
	const detail = `Difference ${scoreWords(difference, share)}${unit}, 95 % interval ${scoreWords(low, share)} to ${scoreWords(high, share)}.`;
	if (claims.better(chosen, reference, 'scores')) {
		return { text: `Better than ${reference.name} on ${samples(n)}`, detail };
	}
	return {
		text: `No measurable loss against ${reference.name} on ${samples(n)}`,
		detail: `${detail} A loss smaller than ${plain(seen)}${unit} would rarely show on ${samples(n)}${more}.`,
	};
}

function divergenceWords(chosen: Measured, reference: Measured): string | null {
	if (chosen.divergence === null) return null;
	const half = halfWidth(chosen.divergence);
	const spread = Number.isFinite(half) ? ` ± ${half.toFixed(3)}` : ', from a single chunk';
	const about = chosen.approximate ? 'about ' : '';
	return `KL divergence ${about}${meanOf(chosen.divergence).toFixed(3)}${spread} from ${reference.name}`;
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

/** The verdict in one or two sentences. States only what was found, and also what could not be detected. */
export function describeVerdict(findings: Findings): Verdict {
	const { files, reference, chosen, claims, rows } = findings;
	if (reference === undefined || files.length < 2) {
		return { text: 'There is nothing to compare yet.', detail: '', choose: null, confidence: 'undecided' };
	}
	if (alike(findings)) {
		const text = `No measurable difference between ${files.map(({ name }) => name).join(', ')}: measure more text or more repetitions, or take any of them.`;
		const task = files.flatMap((file) =>
			file === reference ? [] : (taskWords(file, reference, claims)?.detail ?? []),
		);
		return { text, detail: task[0] ?? '', choose: null, confidence: 'no-difference' };
	}
	const undecided = [...rows].filter(([, { outcome }]) => outcome === 'undecided').map(([id]) => id);
	const names = files.filter(({ id }) => undecided.includes(id)).map(({ name }) => name);
	const open =
		names.length === 0 ? '' : ` ${names.join(' and ')} could be on either side of the limit; more text would tell.`;
	if (chosen === undefined || chosen.reference) {
		const text = `Keep ${reference.name}: ${keepWords(findings)}.${open}`;
		return { text, detail: '', choose: reference.id, confidence: 'measured' };
	}
	const task = taskWords(chosen, reference, claims);
	const share = Math.round((100 * chosen.sizeBytes) / reference.sizeBytes);
	const parts = [
		task?.text ?? divergenceWords(chosen, reference),
		speedWords(chosen, reference, claims),
		`${share} % of the size`,
	].filter((part) => part !== null);
	const text = `Use ${chosen.name}. ${parts.join(', ')}.${open}`;
	return { text, detail: task?.detail ?? '', choose: chosen.id, confidence: 'measured' };
}
