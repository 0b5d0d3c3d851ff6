import type { Pair, Run } from '../../../electron/contract/evaluation/schema.ts';
import { formatCount, formatQuantity } from '../../design/format.ts';
import { isLive } from '../run-wording.ts';
import { formatProbability, formatSigned, type Unit } from '../score-format.ts';

/** The result of a comparison in words: one sentence, the next step, and the statistics. */
export interface Verdict {
	/** decided: a difference, or none, is shown; open: more samples would tell; provisional: rows are missing. */
	readonly state: 'decided' | 'open' | 'provisional';
	/** "Can't tell yet: v5 +3.9 points" */
	readonly lead: string;
	/** "(−5.5 to 13.4)"; '': none. */
	readonly range: string;
	/** "About 550 more samples would tell."; '': nothing. */
	readonly next: string;
	/** "Fixes 27, breaks 13 of 160 samples · McNemar p = 0.04"; '': nothing. */
	readonly detail: string;
	/** Samples that the run would need in all; null: no more are needed, or nothing is known. */
	readonly samplesWanted: number | null;
}

export interface VerdictInput {
	/** The compared side: "v5". */
	readonly subject: string;
	readonly pair: Pair;
	readonly unit: Unit;
	/** Both sides score the same outputs, so that only the score can be higher. */
	readonly rescored: boolean;
	/** Comparisons that were adjusted together. */
	readonly comparisons: number;
	/** The least finished of the runs; rows may be missing. */
	readonly progress: Pick<Run, 'status'>;
	/** Samples of the run. */
	readonly total: number;
}

/** Describes the result of one pair; never as a finding while rows are missing or chance explains it. */
export function describeVerdict(input: VerdictInput): Verdict {
	const { subject, pair, unit, rescored, progress } = input;
	const { factor, differences, digits } = unit;
	const { n, difference, low, high, fewest } = pair;
	const signed = `${subject} ${formatSigned(difference * factor, digits)} ${differences}`;
	const range = `(${plain(low * factor, digits)} to ${plain(high * factor, digits)})`;
	const base = { range, detail: describeDetail(input), samplesWanted: null };
	if (progress.status !== 'done') {
		const lead = `So far: ${signed}`;
		return { ...base, state: 'provisional', lead, next: describeMissing(input), detail: '' };
	}
	if (pair.verdict === 'better' || pair.verdict === 'worse') {
		const size = `${Math.abs(difference * factor).toFixed(digits)} ${differences}`;
		const better = pair.verdict === 'better';
		const lead = rescored
			? `${subject} scores ${size} ${better ? 'higher' : 'lower'}`
			: `${subject} is ${better ? 'better' : 'worse'} by ${size}`;
		const ends = difference > 0 ? [low, high] : [-high, -low];
		const [from = 0, to = 0] = ends.map((end) => end * factor);
		return { ...base, state: 'decided', lead, range: `(${plain(from, digits)} to ${plain(to, digits)})`, next: '' };
	}
	const wanted = Math.max(pair.samplesNeeded ?? 0, fewest ?? 0);
	const samplesWanted = wanted > n ? wanted : 2 * n;
	if (fewest !== null) {
		const lead = `Too few to tell: ${signed} on ${formatQuantity(n, 'sample')}`;
		const next =
			n < fewest
				? `It takes at least ${fewest} samples, and more for a small difference.`
				: `Samples that share a cluster count as one, and it takes at least ${fewest} clusters.`;
		return { ...base, state: 'open', lead, range: '', next, samplesWanted };
	}
	if (pair.verdict === 'same') {
		const most = (Math.min(1, 3 / n) * factor).toFixed(digits);
		return {
			...base,
			state: 'open',
			lead: `No difference found: all ${formatQuantity(n, 'sample')} score the same`,
			range: '',
			next: `A true difference of up to ${most} ${differences} is still possible.`,
			samplesWanted,
		};
	}
	return { ...base, state: 'open', lead: `Can’t tell yet: ${signed}`, next: describeNext(input), samplesWanted };
}

function plain(value: number, digits: number): string {
	return formatSigned(value, digits).replace(/^\+/, '');
}

/** Rounds to two digits: more would overstate the precision of an estimate. */
export function roundEstimate(value: number): number {
	return Number(Math.max(1, value).toPrecision(2));
}

function describeNext({ pair, unit, comparisons }: VerdictInput): string {
	const { low, high, samplesNeeded, n, detectable } = pair;
	const alone =
		(low > 0 || high < 0) && comparisons > 1
			? `This pair alone would be clear, but the best of ${comparisons} often looks so by chance. `
			: '';
	if (samplesNeeded !== null && samplesNeeded > n) {
		return `${alone}About ${formatCount(roundEstimate(samplesNeeded - n))} more samples would tell.`;
	}
	if (detectable === null) return alone.trim();
	const least = `${(detectable * unit.factor).toFixed(unit.digits)} ${unit.differences}`;
	return `${alone}${formatQuantity(n, 'sample')} usually show a difference of ${least} or more.`;
}

function describeMissing({ pair: { n }, progress: { status }, total }: VerdictInput): string {
	const done = `${formatCount(n)} of ${formatQuantity(total, 'sample')}`;
	if (isLive(status)) return `${done} compared. The result follows when the run is done.`;
	return `${done} compared. Resume the run for a result.`;
}

function describeDetail({ pair, comparisons }: VerdictInput): string {
	const { gained, lost, n, method, p } = pair;
	const rights = method.startsWith('McNemar');
	const changes =
		gained + lost === 0
			? null
			: rights
				? `fixes ${formatCount(gained)}, breaks ${formatCount(lost)}`
				: `higher on ${formatCount(gained)}, lower on ${formatCount(lost)}`;
	const test = `${method.replace(/,.*$/, '').replace('permutation', 'permutation test')} p ${formatProbability(p).startsWith('<') ? '' : '= '}${formatProbability(p)}`;
	return [
		`same ${formatQuantity(n, 'sample')}`,
		changes,
		changes === null ? null : `95 % interval in brackets, ${test}`,
		comparisons > 1 && changes !== null ? `adjusted for ${comparisons} comparisons` : null,
	]
		.filter((part) => part !== null)
		.join(' · ');
}
