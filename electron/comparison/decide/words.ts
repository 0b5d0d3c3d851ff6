import type { Verdict } from '../../contract/comparison/comparison.ts';
import { meanOf, varianceOf } from '../../statistics/difference.ts';
import { studentQuantile } from '../../statistics/student.ts';
import type { Claims, Measured } from './claims.ts';
import type { Judgement } from './decide.ts';

export interface Findings {
	readonly files: readonly Measured[];
	readonly reference: Measured | undefined;
	readonly chosen: Measured | undefined;
	readonly claims: Claims;
	readonly klLimit: number;
	readonly rows: ReadonlyMap<number, Judgement>;
}

/** Standard errors that a true difference must have to be found 4 times in 5 at the 5 % level: z(0.975) + z(0.8). */
const detectable = 1.959_963_984_540_054 + 0.841_621_233_572_914_3;

/** Half-width of the 95 % interval of a mean. */
function halfWidth(values: readonly number[]): number {
	if (values.length < 2) return Number.POSITIVE_INFINITY;
	return studentQuantile(0.05, values.length - 1) * Math.sqrt(varianceOf(values) / values.length);
}

function points(share: number): string {
	const value = 100 * share;
	return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)}`;
}

/** "2.0 times as fast as F16", or that the difference is within the error. */
function speedWords(chosen: Measured, reference: Measured, claims: Claims): string | null {
	if (chosen.generation === null || reference.generation === null) return null;
	const factor = meanOf(chosen.generation) / meanOf(reference.generation);
	if (claims.better(chosen, reference, 'generation')) return `${factor.toFixed(1)} times as fast`;
	if (claims.better(reference, chosen, 'generation')) return `${factor.toFixed(2)} times as fast`;
	return 'as fast within the error';
}

function qualityWords(chosen: Measured, reference: Measured, claims: Claims): string | null {
	const paired = claims.difference(chosen, reference, 'scores');
	if (paired !== null && chosen.scores !== null) {
		const seen = detectable * paired.standardError;
		const interval = `difference ${points(paired.mean)} points, 95 % interval ${points(paired.low)} to ${points(paired.high)}`;
		const what = claims.better(chosen, reference, 'scores')
			? `Better than ${reference.name} on ${chosen.scores.length} samples`
			: `No measurable loss against ${reference.name} on ${chosen.scores.length} samples`;
		return `${what} (${interval}; a loss smaller than ${(100 * seen).toFixed(1)} points would not show)`;
	}
	if (chosen.divergence === null) return null;
	const half = halfWidth(chosen.divergence);
	const spread = Number.isFinite(half) ? ` ± ${half.toFixed(3)}` : ', from a single chunk';
	return `KL divergence ${meanOf(chosen.divergence).toFixed(3)}${spread} from ${reference.name}`;
}

function alike({ files, claims }: Findings): boolean {
	const metrics = ['divergence', 'generation', 'scores'] as const;
	const sizes = new Set(files.map(({ sizeBytes }) => sizeBytes));
	return (
		sizes.size === 1 && files.every((a) => files.every((b) => metrics.every((metric) => !claims.better(a, b, metric))))
	);
}

/** The verdict in one or two sentences. Nothing is said that was not found, and what could not be seen is said too. */
export function inWords(findings: Findings): Verdict {
	const { files, reference, chosen, claims, klLimit, rows } = findings;
	if (reference === undefined || files.length < 2) {
		return { text: 'There is nothing to compare yet.', choose: null, confidence: 'undecided' };
	}
	if (alike(findings)) {
		const text = `No measurable difference between ${files.map(({ name }) => name).join(', ')}: measure more text or more repetitions, or take any of them.`;
		return { text, choose: null, confidence: 'no-difference' };
	}
	const undecided = [...rows].filter(([, { outcome }]) => outcome === 'undecided').map(([id]) => id);
	const names = files.filter(({ id }) => undecided.includes(id)).map(({ name }) => name);
	const open =
		names.length === 0 ? '' : ` ${names.join(' and ')} could be on either side of the limit; more text would tell.`;
	if (chosen === undefined || chosen.reference) {
		const why = files.some((file) => rows.get(file.id)?.outcome === 'ruled-out')
			? `no smaller file stays below a KL divergence of ${klLimit} and is faster`
			: 'no other file is measurably faster or smaller for the same quality';
		return { text: `Keep ${reference.name}: ${why}.${open}`, choose: reference.id, confidence: 'measured' };
	}
	const share = Math.round((100 * chosen.sizeBytes) / reference.sizeBytes);
	const parts = [
		qualityWords(chosen, reference, claims),
		speedWords(chosen, reference, claims),
		`${share} % of the size`,
	].filter((part) => part !== null);
	return { text: `Use ${chosen.name}. ${parts.join(', ')}.${open}`, choose: chosen.id, confidence: 'measured' };
}
