import type { Metric } from '../../electron/contract/evaluation/schema.ts';
import { formatCount, formatNumber, phraseSeparator } from '../design/format.ts';
import { t } from '../messages/t.ts';

/** Formats scores, their differences and intervals. Pure functions. */

/** Rounds to a number of digits, halves away from zero: 63.75 → 63.8, and never to −0. */
function round(value: number, digits: number): number {
	const power = 10 ** digits;
	return (Math.sign(value) * Math.round(Math.abs(value) * power + 1e-9)) / power + 0;
}

/** Formats a difference with its sign: 8.8 → "+8.8", −0.2 → "−0.2", 0 → "0.0". */
export function formatSigned(value: number, digits = 1): string {
	const rounded = round(value, digits);
	return `${rounded > 0 ? '+' : ''}${formatNumber(rounded, digits)}`;
}

/** Formats a number that may be negative, with a real minus. */
export function formatPlain(value: number, digits: number): string {
	return formatNumber(round(value, digits), digits);
}

/** Formats a number without decimals that are all zero: 85.0 → "85", 85.5 → "85.5". */
export function formatShort(value: number, digits: number): string {
	const rounded = round(value, digits);
	return formatNumber(rounded, Number.isInteger(rounded) ? 0 : digits);
}

/** Formats a size of a difference, as `formatSigned` or `formatPlain` wrote it: "8.8 points". */
export function formatDifference(size: string, { factor }: Unit): string {
	return factor === 100 ? t('{size} points', { size }) : t('{size} of the score', { size });
}

/** Formats both ends of an interval: "56.1 to 70.8". */
export function formatRange(low: string, high: string): string {
	return t('{low} to {high}', { low, high });
}

/** Whether a mean is a share, to be shown in per cent; a user's own scorer may return any number. */
export function isShare({ value, low, high }: Pick<Metric, 'value' | 'low' | 'high'>): boolean {
	return value >= 0 && value <= 1 && low >= -0.5 && high <= 1.5;
}

/** Format of one scorer's values: all of them in per cent, or none. */
export interface Unit {
	/** " %" or "". */
	readonly mark: string;
	/** Unit of differences: "points". */
	readonly differences: string;
	/** Factor from the contract's numbers to displayed ones. */
	readonly factor: 1 | 100;
	readonly digits: number;
}

const share: Unit = { mark: '\u00A0%', differences: t('points'), factor: 100, digits: 1 };
const number: Unit = { mark: '', differences: t('score units'), factor: 1, digits: 2 };

export function chooseUnit(metrics: readonly (Metric | undefined)[]): Unit {
	return metrics.every((metric) => metric === undefined || isShare(metric)) ? share : number;
}

/** Formats "63.8", without the unit. */
export function formatFigure(value: number, { factor, digits }: Unit): string {
	return formatPlain(value * factor, digits);
}

/**
 * Formats "56.1 to 70.8"; the interval of a share is cut at 0 and 100, whatever the method gives for a few samples. If
 * every sample scored the same, it is empty: "50.0 to 50.0" would claim certainty.
 */
export function formatInterval({ low, high }: Pick<Metric, 'low' | 'high'>, unit: Unit): string {
	if (low === high) return t('no spread');
	const ends = (end: number): number => (unit.factor === 100 ? Math.min(1, Math.max(0, end)) : end);
	return formatRange(formatFigure(ends(low), unit), formatFigure(ends(high), unit));
}

/** Formats the interval with its unit, for screen readers. */
export function formatSpokenInterval(metric: Pick<Metric, 'low' | 'high'>, unit: Unit): string {
	return `${formatInterval(metric, unit)}${metric.low === metric.high ? '' : unit.mark}`;
}

/**
 * Describes the samples of a metric: "102 of 160" if each value is right or wrong, else "160 samples"; for pairs the
 * number decided, or "tied on all 8"; plus those not scored. `failed`: answers that failed.
 */
export function describeSamples({ value, n, unscored, method, decided }: Metric, failed = 0): string {
	if (decided === 0) return t('tied on all {n}', { n: formatCount(n) });
	const right = value * n;
	const whole = method.startsWith('Wilson') && Math.abs(right - Math.round(right)) < 1e-6;
	const words = whole
		? t('{right} of {n}', { right: formatCount(Math.round(right)), n: formatCount(n) })
		: t('{n, plural, one {# sample} other {# samples}}', { n });
	// Failed ones have no score either, and are listed separately.
	const left = unscored - failed;
	return [
		words,
		...(decided === undefined ? [] : [t('{count} decided', { count: formatCount(decided) })]),
		...(left <= 0 ? [] : [t('{count} not scored', { count: formatCount(left) })]),
		...(failed === 0 ? [] : [t('{errors} failed', { errors: formatCount(failed) })]),
	].join(phraseSeparator('comma'));
}

/** Formats a p-value: "0.04", "< 0.001". */
export function formatProbability(p: number): string {
	if (p < 0.001) return `< ${formatNumber(0.001, 3)}`;
	return formatNumber(p, p < 0.1 && Math.round(p * 1000) % 10 !== 0 ? 3 : 2);
}
