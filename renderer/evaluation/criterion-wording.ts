import { type Criterion, type RunMetric, runMetrics } from '../../electron/contract/evaluation/run-config.ts';
import { t } from '../messages/t.ts';
import { formatShort } from './score-format.ts';

/** Labels of the metrics for criteria, apart from the mean of a scorer. */
export const metricLabels: Record<RunMetric, string> = {
	'latency-p50': t('Latency p50'),
	'latency-p95': t('Latency p95'),
	'tokens-per-second': t('Generation'),
	failed: t('Failed rows'),
	unscored: t('Rows not scored'),
};

function isRunMetric(metric: string): metric is RunMetric {
	return (runMetrics as readonly string[]).includes(metric);
}

export function formatMetric(metric: string): string {
	return isRunMetric(metric) ? metricLabels[metric] : metric;
}

/** Returns the unit of a displayed metric; shares are shown in per cent. */
export function findMetricUnit(metric: string): {
	readonly mark: string;
	readonly factor: number;
	readonly digits: number;
} {
	if (metric.startsWith('latency')) return { mark: '\u00A0s', factor: 1, digits: 2 };
	if (metric === 'tokens-per-second') return { mark: '\u00A0tok/s', factor: 1, digits: 1 };
	return { mark: '\u00A0%', factor: 100, digits: 1 };
}

/** Formats a criterion's value: "85 %", "1.42 s". */
export function formatCriterionValue({ metric }: Pick<Criterion, 'metric'>, value: number): string {
	const { mark, factor, digits } = findMetricUnit(metric);
	return `${formatShort(value * factor, digits)}${mark}`;
}

/** Describes a criterion: "exact at least 85 %". */
export function describeCriterion({ metric, operator, value }: Criterion): string {
	const values = { metric: formatMetric(metric), value: formatCriterionValue({ metric }, value) };
	return operator === 'at-least' ? t('{metric} at least {value}', values) : t('{metric} at most {value}', values);
}
