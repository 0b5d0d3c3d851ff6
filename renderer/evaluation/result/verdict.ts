import type { Pair, Run } from '../../../electron/contract/evaluation/schema.ts';
import { formatCount } from '../../design/format.ts';
import { t, translate } from '../../messages/t.ts';
import { isLive } from '../run-wording.ts';
import {
	formatDifference,
	formatPlain,
	formatProbability,
	formatRange,
	formatSigned,
	type Unit,
} from '../score-format.ts';

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
	const { factor, digits } = unit;
	const { n, difference, low, high, fewest } = pair;
	const result = `${subject} ${formatDifference(formatSigned(difference * factor, digits), unit)}`;
	const range = `(${formatRange(formatPlain(low * factor, digits), formatPlain(high * factor, digits))})`;
	const base = { range, detail: describeDetail(input), samplesWanted: null };
	if (progress.status !== 'done') {
		const lead = t('So far: {result}', { result });
		return { ...base, state: 'provisional', lead, next: describeMissing(input), detail: '' };
	}
	if (pair.verdict === 'better' || pair.verdict === 'worse') {
		const size = formatDifference(formatPlain(Math.abs(difference * factor), digits), unit);
		const better = pair.verdict === 'better';
		const lead = describeLead({ subject, size, better, rescored });
		const ends = difference > 0 ? [low, high] : [-high, -low];
		const [from = 0, to = 0] = ends.map((end) => end * factor);
		return {
			...base,
			state: 'decided',
			lead,
			range: `(${formatRange(formatPlain(from, digits), formatPlain(to, digits))})`,
			next: '',
		};
	}
	const wanted = Math.max(pair.samplesNeeded ?? 0, fewest ?? 0);
	const samplesWanted = wanted > n ? wanted : 2 * n;
	if (fewest !== null) {
		const lead = t('Too few to tell: {result} on {n, plural, one {# sample} other {# samples}}', { result, n });
		const next =
			n < fewest
				? t('It takes at least {fewest, plural, one {# sample} other {# samples}}, and more for a small difference.', {
						fewest,
					})
				: t(
						'Samples that share a cluster count as one, and it takes at least {fewest, plural, one {# cluster} other {# clusters}}.',
						{ fewest },
					);
		return { ...base, state: 'open', lead, range: '', next, samplesWanted };
	}
	if (pair.verdict === 'same') {
		const most = formatDifference(formatPlain(Math.min(1, 3 / n) * factor, digits), unit);
		return {
			...base,
			state: 'open',
			lead: t('No difference found: all {n, plural, one {# sample} other {# samples}} score the same', { n }),
			range: '',
			next: t('A true difference of up to {most} is still possible.', { most }),
			samplesWanted,
		};
	}
	return {
		...base,
		state: 'open',
		lead: t('Can’t tell yet: {result}', { result }),
		next: describeNext(input),
		samplesWanted,
	};
}

function describeLead({
	rescored,
	better,
	...values
}: {
	rescored: boolean;
	better: boolean;
	subject: string;
	size: string;
}): string {
	if (rescored) {
		return better ? t('{subject} scores {size} higher', values) : t('{subject} scores {size} lower', values);
	}
	return better ? t('{subject} is better by {size}', values) : t('{subject} is worse by {size}', values);
}

/** Rounds to two digits: more would overstate the precision of an estimate. */
export function roundEstimate(value: number): number {
	return Number(Math.max(1, value).toPrecision(2));
}

function describeNext({ pair, unit, comparisons }: VerdictInput): string {
	const { low, high } = pair;
	const alone =
		(low > 0 || high < 0) && comparisons > 1
			? [
					t('This pair alone would be clear, but the best of {comparisons} often looks so by chance.', {
						comparisons,
					}),
				]
			: [];
	return [...alone, ...describeNeeded(pair, unit)].join(' ');
}

/** Says how many more samples would tell, or which difference these would usually show. */
function describeNeeded({ samplesNeeded, n, detectable }: Pair, unit: Unit): readonly string[] {
	if (samplesNeeded !== null && samplesNeeded > n) {
		const samples = roundEstimate(samplesNeeded - n);
		return [t('About {samples, plural, one {# more sample} other {# more samples}} would tell.', { samples })];
	}
	if (detectable === null) return [];
	const least = formatDifference(formatPlain(detectable * unit.factor, unit.digits), unit);
	return [
		t('{n, plural, one {# sample} other {# samples}} usually show a difference of {least} or more.', { n, least }),
	];
}

function describeMissing({ pair: { n }, progress: { status }, total }: VerdictInput): string {
	const values = { n: formatCount(n), total };
	return isLive(status)
		? t(
				'{n} of {total, plural, one {# sample} other {# samples}} compared. The result follows when the run is done.',
				values,
			)
		: t('{n} of {total, plural, one {# sample} other {# samples}} compared. Resume the run for a result.', values);
}

function describeDetail({ pair, comparisons }: VerdictInput): string {
	const { gained, lost, n, method, p } = pair;
	const rights = method.startsWith('McNemar');
	const changes =
		gained + lost === 0
			? null
			: rights
				? t('fixes {gained}, breaks {lost}', { gained: formatCount(gained), lost: formatCount(lost) })
				: t('higher on {gained}, lower on {lost}', { gained: formatCount(gained), lost: formatCount(lost) });
	const name = method.replace(/,.*$/, '');
	const probability = formatProbability(p);
	const test = `${name === 'permutation' ? t('permutation test') : translate(name)} p ${probability.startsWith('<') ? '' : '= '}${probability}`;
	return [
		t('same {n, plural, one {# sample} other {# samples}}', { n }),
		changes,
		changes === null ? null : t('95 % interval in brackets, {test}', { test }),
		comparisons > 1 && changes !== null
			? t('adjusted for {comparisons, plural, one {# comparison} other {# comparisons}}', { comparisons })
			: null,
	]
		.filter((part) => part !== null)
		.join(' · ');
}
