import type { Criterion, CriterionOutcome } from '../contract/evaluation/run-config.ts';
import { wilsonInterval } from '../statistics/wilson.ts';
import type { ArmSummary } from './arm-summary.ts';

interface Measured {
	readonly value: number;
	/** null: no lower, or upper, bound is known. */
	readonly low: number | null;
	readonly high: number | null;
}

const names: Record<string, string> = {
	'latency-p50': 'Median latency',
	'latency-p95': 'p95 latency',
	'tokens-per-second': 'Tokens per second',
	failed: 'Share of failed rows',
	unscored: 'Share of rows that could not be scored',
};

function measuredOf(metric: string, summary: ArmSummary): Measured | null {
	const share = (k: number): Measured => {
		const { share: value, low, high } = wilsonInterval(k, summary.n);
		return { value, low, high };
	};
	const scored = summary.metrics[metric];
	if (scored !== undefined) return scored;
	if (summary.n === 0) return null;
	if (metric === 'failed') return share(summary.errors);
	if (metric === 'unscored') {
		const inMetrics = Object.values(summary.metrics).map(({ unscored }) => unscored);
		const most = Math.max(0, ...inMetrics, ...Object.values(summary.unscored));
		return share(Math.min(most, summary.n));
	}
	if (metric === 'tokens-per-second') {
		const value = summary.tokensPerSecond;
		return value === null ? null : { value, low: value, high: value };
	}
	const bounds = summary.latencyBounds[metric];
	const value = summary.latency?.[metric === 'latency-p50' ? 'p50' : 'p95'];
	return bounds === undefined || value === undefined ? null : { value, ...bounds };
}

/** How a criterion's values are written: shares in percent, as everywhere else. */
interface Written {
	readonly factor: 1 | 100;
	readonly mark: string;
}

function writtenAs({ metric, value: bound }: Criterion, measured: Measured | null): Written {
	if (metric.startsWith('latency')) return { factor: 1, mark: ' s' };
	if (metric === 'tokens-per-second') return { factor: 1, mark: ' tok/s' };
	const isShare = [bound, measured?.value ?? 0].every((one) => one >= 0 && one <= 1);
	return isShare ? { factor: 100, mark: ' %' } : { factor: 1, mark: '' };
}

function number(value: number, { factor }: Written): string {
	const shown = value * factor;
	const digits = factor === 100 ? 1 : Math.abs(shown) >= 100 ? 0 : Math.abs(shown) >= 10 ? 1 : 3;
	return shown.toFixed(digits).replace('-', '−');
}

function intervalWords({ low, high }: Pick<Measured, 'low' | 'high'>, written: Written): string {
	if (low === null) return `up to ${number(high ?? 0, written)}`;
	return high === null ? `${number(low, written)} or more` : `${number(low, written)} to ${number(high, written)}`;
}

/** Met or not met if the whole 95 % interval lies on one side of the bound, otherwise undecided. */
export function criterionOutcome(criterion: Criterion, armId: number, summary: ArmSummary | null): CriterionOutcome {
	const { metric, operator, value: bound } = criterion;
	const measured = summary === null ? null : measuredOf(metric, summary);
	const name = names[metric] ?? metric;
	const written = writtenAs(criterion, measured);
	const limit = `${number(bound, written)}${written.mark}`.replace(/\.0+ %$/, ' %');
	const wanted = `${name} ${operator === 'at-least' ? 'at least' : 'at most'} ${limit}`;
	if (measured === null) {
		return {
			criterion,
			armId,
			state: 'undecided',
			value: null,
			low: null,
			high: null,
			words: `${wanted}: ${(summary?.unscored[metric] ?? 0) > 0 ? 'no row could be scored' : 'not measured yet'}`,
		};
	}
	const { value, low, high } = measured;
	const atLeast = operator === 'at-least';
	const met = atLeast ? low !== null && low >= bound : high !== null && high <= bound;
	const failed = atLeast ? high !== null && high < bound : low !== null && low > bound;
	const state = met ? 'met' : failed ? 'not-met' : 'undecided';
	const stateWords = { met: 'met', 'not-met': 'not met', undecided: 'undecided' }[state];
	const interval = low === high ? '' : ` (${intervalWords(measured, written)})`;
	const words = `${wanted}: ${stateWords}, ${number(value, written)}${written.mark}${interval}`;
	return { criterion, armId, state, value, low, high, words };
}
