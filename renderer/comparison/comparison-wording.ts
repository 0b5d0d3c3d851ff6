import type { Comparison } from '../../electron/contract/comparison/schema.ts';
import { formatNumber, formatTimeLeft } from '../design/format.ts';
import { t } from '../messages/t.ts';

/**
 * Returns the system load met during the measurement if it exceeds what the measurement's own threads explain (the
 * one-minute average includes the step before); null on an idle computer.
 */
function busyLoad({ conditions }: Pick<Comparison, 'conditions'>): number | null {
	const load = Number(conditions.highestLoadBefore ?? 0);
	const own = Number(conditions.threads ?? 1);
	return load > own + 0.5 + 0.25 * Number(conditions.cores ?? 1) ? load : null;
}

/** Spread of the repetitions above which a speed says nothing, as a share of it; on a quiet computer it is below 0.05. */
const unsteadyShare = 0.25;

/** Whether a speed varied so much between its repetitions that it is not measurable. */
export function isUnsteady(speed: Comparison['rows'][number]['generation']): boolean {
	return speed !== null && speed.sd > unsteadyShare * speed.mean;
}

/** Whether anything was timed yet: a load says nothing about figures of quality. */
function hasSpeed({ rows }: Pick<Comparison, 'rows'>): boolean {
	return rows.some(({ prompt, generation, felt }) => prompt !== null || generation !== null || felt !== null);
}

/** Whether measuring the speeds again could tell more: other programs were busy, or the repetitions disagree. */
export function hasDoubtfulSpeed(comparison: Pick<Comparison, 'conditions' | 'rows'>): boolean {
	const speeds = comparison.rows.flatMap(({ generation }) => (generation === null ? [] : [generation]));
	return speeds.length > 0 && (busyLoad(comparison) !== null || speeds.some(isUnsteady));
}

/** Lists what makes the numbers less reliable than they look, one sentence each. */
export function describeCaveats(comparison: Pick<Comparison, 'conditions' | 'rows' | 'warnings'>): readonly string[] {
	const load = hasSpeed(comparison) ? busyLoad(comparison) : null;
	return [
		...(load === null
			? []
			: [
					t(
						'Other programs used the processor during the measurement (load {load}), so the speeds may be wrong. Quality is not affected. Measure the speed again when the computer is quiet.',
						{ load: formatNumber(load, 1) },
					),
				]),
		...comparison.warnings.map(({ message }) => message),
	];
}

/** Whether the numbers say less than they would on a quiet computer. */
export function deservesCare(comparison: Pick<Comparison, 'conditions' | 'rows' | 'warnings'>): boolean {
	return describeCaveats(comparison).length > 0 || hasDoubtfulSpeed(comparison);
}

/** Formats the time left, and where it is known from. */
export function describeTimeLeft(
	seconds: number,
	learned: boolean,
): { readonly text: string; readonly source: string } {
	const time = seconds < 1 ? t('longer than expected') : formatTimeLeft(seconds);
	return {
		text: learned || seconds < 1 ? time : t('about {time} (guess)', { time }),
		source: learned
			? t('Learned from measurements on this computer')
			: t('A guess: nothing like this was measured on this computer yet'),
	};
}

/** Kinds of the texts that come with Assay. */
const categories: Readonly<Record<string, string>> = {
	code: t('Code', {}, 'kind of text'),
	dialogue: t('Dialogue'),
	french: t('French'),
	german: t('German'),
	japanese: t('Japanese'),
	mathematics: t('Mathematics'),
	prose: t('Prose'),
	'structured-data': t('Structured data'),
};

/** Formats a kind of text for display: "structured-data" → "Structured data". */
export function formatCategory(category: string): string {
	const known = categories[category];
	if (known !== undefined) return known;
	const words = category.replaceAll(/[-_]+/g, ' ');
	return words.slice(0, 1).toUpperCase() + words.slice(1);
}
