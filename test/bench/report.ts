import type { Measurement, Outcome, Target } from './measurement.ts';
import { median, quantile, ratioOf } from './statistics.ts';

/** One entry of the JSON file. */
export interface Result {
	readonly name: string;
	readonly value: number;
	readonly unit: string;
	readonly baseline: number | null;
	readonly ratio: number | null;
	readonly target: Target | null;
	/** null if there is no target. */
	readonly met: boolean | null;
	readonly samples: { readonly values: readonly number[]; readonly baselines: readonly number[] };
	readonly details: Readonly<Record<string, number | string>>;
}

/** A measurement that failed. */
export interface Miss {
	readonly name: string;
	readonly error: string;
}

const summaries = {
	median,
	p95: (values: readonly number[]) => quantile(values, 0.95),
	p99: (values: readonly number[]) => quantile(values, 0.99),
	max: (values: readonly number[]) => Math.max(...values),
};

function meets(target: Target, value: number, ratio: number | null): boolean {
	const found = target.of === 'value' ? value : (ratio ?? Number.NaN);
	return target.relation === 'at-least' ? found >= target.limit : found <= target.limit;
}

export function toResult(measurement: Measurement, outcome: Outcome): Result {
	const summarise = summaries[outcome.summary ?? 'median'];
	const compared = outcome.baselines.length > 0;
	const value = summarise(outcome.values);
	const ratio = compared ? ratioOf(outcome.values, outcome.baselines) : null;
	return {
		name: measurement.name,
		value,
		unit: measurement.unit,
		baseline: compared ? summarise(outcome.baselines) : null,
		ratio,
		target: measurement.target,
		met: measurement.target === null ? null : meets(measurement.target, value, ratio),
		samples: { values: outcome.values, baselines: outcome.baselines },
		details: outcome.details ?? {},
	};
}

/** Formats at most four significant digits, without an exponent. */
function figure(value: number): string {
	if (Math.abs(value) >= 1000) return value.toFixed(0);
	return String(Number(value.toPrecision(value < 1 ? 3 : 4)));
}

function targetText(target: Target | null): string {
	if (target === null) return '';
	return `${target.of} ${target.relation === 'at-least' ? '≥' : '≤'} ${figure(target.limit)}`;
}

function row(result: Result | Miss): string[] {
	if ('error' in result) return [result.name, 'not measured', '', '', '', ''];
	return [
		result.name,
		`${figure(result.value)} ${result.unit}`,
		result.baseline === null ? '' : figure(result.baseline),
		result.ratio === null ? '' : figure(result.ratio),
		targetText(result.target),
		result.met === null ? '' : result.met ? 'met' : 'MISSED',
	];
}

/** Formats plain text with columns two spaces apart. */
export function table(results: readonly (Result | Miss)[]): string {
	const rows = [['name', 'value', 'baseline', 'ratio', 'target', ''], ...results.map(row)];
	const widths = rows[0]!.map((_, column) => Math.max(...rows.map((cells) => cells[column]!.length)));
	return rows
		.map((cells) =>
			cells
				.map((cell, column) => cell.padEnd(widths[column]!))
				.join('  ')
				.trimEnd(),
		)
		.join('\n');
}
