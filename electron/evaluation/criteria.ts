import { figure, type Said, type SayableValue, said, spoken } from '../../models/contract/said.ts';
import type { Criterion, CriterionOutcome } from '../contract/evaluation/run-config.ts';
import { wilsonInterval } from '../statistics/wilson.ts';
import type { ArmSummary } from './arm-summary.ts';

interface Measured {
	readonly value: number;
	/** null: no lower, or upper, bound is known. */
	readonly low: number | null;
	readonly high: number | null;
}

const names: Record<string, Said> = {
	'latency-p50': said`Median latency`,
	'latency-p95': said`p95 latency`,
	'tokens-per-second': said`Tokens per second`,
	failed: said`Share of failed rows`,
	unscored: said`Share of rows that could not be scored`,
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
	/** The value with its unit. */
	readonly withUnit: (value: SayableValue) => SayableValue;
}

function writtenAs({ metric, value: bound }: Criterion, measured: Measured | null): Written {
	if (metric.startsWith('latency')) return { factor: 1, withUnit: (value) => said`${value} s` };
	if (metric === 'tokens-per-second') return { factor: 1, withUnit: (value) => said`${value} tok/s` };
	const isShare = [bound, measured?.value ?? 0].every((one) => one >= 0 && one <= 1);
	return isShare ? { factor: 100, withUnit: (value) => said`${value} %` } : { factor: 1, withUnit: (value) => value };
}

function number(value: number, { factor }: Written): SayableValue {
	const shown = value * factor;
	return figure(shown, digitsOf(shown, factor));
}

function digitsOf(shown: number, factor: Written['factor']): number {
	return factor === 100 ? 1 : Math.abs(shown) >= 100 ? 0 : Math.abs(shown) >= 10 ? 1 : 3;
}

/** A bound as it was set: whole percents have no decimals. */
function boundWords(bound: number, written: Written): SayableValue {
	const shown = Number((bound * written.factor).toFixed(digitsOf(bound * written.factor, written.factor)));
	const isWhole = written.factor === 100 && Number.isInteger(shown);
	return written.withUnit(isWhole ? figure(shown) : number(bound, written));
}

function intervalWords({ low, high }: Pick<Measured, 'low' | 'high'>, written: Written): Said {
	if (low === null) return said`up to ${number(high ?? 0, written)}`;
	return high === null
		? said`${number(low, written)} or more`
		: said`${number(low, written)} to ${number(high, written)}`;
}

/** Met or not met if the whole 95 % interval lies on one side of the bound, otherwise undecided. */
export function criterionOutcome(criterion: Criterion, armId: number, summary: ArmSummary | null): CriterionOutcome {
	const { metric, operator, value: bound } = criterion;
	const measured = summary === null ? null : measuredOf(metric, summary);
	const name = names[metric] ?? metric;
	const written = writtenAs(criterion, measured);
	const limit = boundWords(bound, written);
	const wanted = operator === 'at-least' ? said`${name} at least ${limit}` : said`${name} at most ${limit}`;
	if (measured === null) {
		return spoken({
			criterion,
			armId,
			state: 'undecided',
			value: null,
			low: null,
			high: null,
			words:
				(summary?.unscored[metric] ?? 0) > 0
					? said`${wanted}: no row could be scored`
					: said`${wanted}: not measured yet`,
		});
	}
	const { value, low, high } = measured;
	const atLeast = operator === 'at-least';
	const met = atLeast ? low !== null && low >= bound : high !== null && high <= bound;
	const failed = atLeast ? high !== null && high < bound : low !== null && low > bound;
	const state = met ? 'met' : failed ? 'not-met' : 'undecided';
	const shown = written.withUnit(number(value, written));
	const found = low === high ? shown : said`${shown} (${intervalWords(measured, written)})`;
	const words = {
		met: said`${wanted}: met, ${found}`,
		'not-met': said`${wanted}: not met, ${found}`,
		undecided: said`${wanted}: undecided, ${found}`,
	}[state];
	return spoken({ criterion, armId, state, value, low, high, words });
}
