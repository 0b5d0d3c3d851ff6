import type { DayUsage, ModelUsage, Usage } from '../contract/activity/schema.ts';
import { dayMs } from '../contract/durations.ts';
import type { Reader } from '../database/reader.ts';
import { quantileIntervalRanks, quantileRanks } from '../statistics/order-statistics.ts';
import { present } from './log-entries.ts';

const answered = `events e JOIN answer_figures f ON f.event_id = e.id
  WHERE e.kind = 'answer' AND e.at >= :since AND ${present}`;

/** The first token counts towards the time to first token, so n tokens take n - 1 steps. */
const speed = '(f.completion_tokens - 1) * 1000.0 / f.generation_ms';
const hasSpeed = 'f.completion_tokens > 1 AND f.generation_ms > 0';
const hasFirst = 'f.completion_tokens > 0 AND f.ttft_ms > 0';

export const answersByModel = `SELECT e.subject AS model, count(*) AS answers, sum(e.result = 'stopped' AND e.outcome <> 'interrupted') AS stopped,
  sum(e.result = 'failed') AS failed, sum(f.prompt_tokens) AS promptTokens, sum(f.cached_tokens) AS cachedTokens,
  sum(f.completion_tokens) AS completionTokens, sum(f.prompt_ms + f.generation_ms) AS busyMs,
  sum(${hasSpeed}) AS speeds, sum(${hasFirst}) AS firsts
FROM ${answered} GROUP BY e.subject`;

export const troubleByModel = `SELECT e.subject AS model, sum(e.kind = 'load' AND e.result = 'fine') AS loads,
  sum(e.kind = 'load' AND e.result = 'failed') AS loadFailures, sum(e.kind = 'crash') AS crashes
FROM events e WHERE e.kind IN ('load', 'crash') AND e.at >= :since AND ${present} GROUP BY e.subject`;

export const answersByDay = `SELECT date(e.at / 1000 + :offset * 60, 'unixepoch') AS day, count(*) AS answers,
  sum(f.prompt_tokens) AS promptTokens, sum(f.completion_tokens) AS completionTokens
FROM ${answered} GROUP BY 1`;

/** Selects each model's sorted values at the wanted ranks, so that only these leave the reader thread. */
const valuesAtRanks = (value: string, known: string) => `SELECT place, value FROM (
  SELECT e.subject || char(31) || row_number() OVER (PARTITION BY e.subject ORDER BY ${value}) AS place, ${value} AS value
  FROM ${answered} AND ${known}
) WHERE place IN (SELECT value FROM json_each(:wanted))`;

export const speedsAtRanks = valuesAtRanks(speed, hasSpeed);
export const firstsAtRanks = valuesAtRanks('f.ttft_ms', hasFirst);

type AnswerRow = Omit<ModelUsage, 'tokensPerSecond' | 'ttftMs' | 'loads' | 'loadFailures' | 'crashes'> & {
	readonly speeds: number;
	readonly firsts: number;
};
type TroubleRow = Pick<ModelUsage, 'model' | 'loads' | 'loadFailures' | 'crashes'>;

/** Reads how much answers took over the last `days` days, including today, by model and by day. */
export async function readUsage(
	reader: Reader,
	{ days, utcOffset }: { days: number; utcOffset: number },
	now: number,
	signal?: AbortSignal,
): Promise<Usage> {
	const ahead = utcOffset * 60_000;
	const today = Math.floor((now + ahead) / dayMs);
	const since = (today - days + 1) * dayMs - ahead;
	const [answers, trouble, byDay] = await Promise.all([
		reader.all<AnswerRow>(answersByModel, { since }, signal),
		reader.all<TroubleRow>(troubleByModel, { since }, signal),
		reader.all<DayUsage>(answersByDay, { since, offset: utcOffset }, signal),
	]);
	const [speeds, firsts] = await Promise.all([
		atRanks(speedsAtRanks, (row) => row.speeds, [0.25, 0.5, 0.75], null),
		atRanks(firstsAtRanks, (row) => row.firsts, [0.95], 0.95),
	]);

	/** Looks up the values on either side of each model's quantiles, and the ends of one quantile's interval. */
	async function atRanks(
		sql: string,
		count: (row: AnswerRow) => number,
		shares: readonly number[],
		interval: number | null,
	): Promise<ReadonlyMap<string, number>> {
		const wanted = answers.flatMap((row) => {
			const n = count(row);
			if (n === 0) return [];
			const ends = interval === null ? null : quantileIntervalRanks(n, interval);
			const ranks = shares.flatMap((share) => Object.values(quantileRanks(n, share)).slice(0, 2));
			return [...ranks, ends?.low, ends?.high].flatMap((rank) =>
				rank === null || rank === undefined ? [] : [place(row.model, rank)],
			);
		});
		const parameters = { since, wanted: JSON.stringify([...new Set(wanted)]) };
		const rows = await reader.all<{ place: string; value: number }>(sql, parameters, signal);
		return new Map(rows.map((row) => [row.place, row.value]));
	}

	const names = new Set([...answers, ...trouble].map(({ model }) => model));
	const models = [...names].map((model): ModelUsage => {
		const row = answers.find((one) => one.model === model);
		const { loads, loadFailures, crashes } = trouble.find((one) => one.model === model) ?? nothingWrong;
		const { speeds: speedCount, firsts: firstCount, ...sums } = row ?? { ...nothingAnswered, model };
		return {
			...sums,
			tokensPerSecond: speedCount === 0 ? null : spread(speeds, model, speedCount),
			ttftMs: firstCount === 0 ? null : percentile95(firsts, model, firstCount),
			loads,
			loadFailures,
			crashes,
		};
	});
	return {
		since,
		models: models.toSorted((a, b) => b.answers - a.answers || a.model.localeCompare(b.model)),
		days: Array.from({ length: days }, (_, index) => {
			const day = new Date((today - days + 1 + index) * dayMs).toISOString().slice(0, 10);
			return byDay.find((one) => one.day === day) ?? { day, answers: 0, promptTokens: 0, completionTokens: 0 };
		}),
	};
}

const nothingWrong = { loads: 0, loadFailures: 0, crashes: 0 };
const nothingAnswered = {
	answers: 0,
	stopped: 0,
	failed: 0,
	promptTokens: 0,
	cachedTokens: 0,
	completionTokens: 0,
	busyMs: 0,
	speeds: 0,
	firsts: 0,
};

function place(model: string, rank: number): string {
	return `${model}\u001F${rank}`;
}

function at(values: ReadonlyMap<string, number>, model: string, n: number, share: number): number {
	const { below, above, part } = quantileRanks(n, share);
	const first = values.get(place(model, below)) ?? 0;
	const second = values.get(place(model, above)) ?? first;
	return first + part * (second - first);
}

function spread(values: ReadonlyMap<string, number>, model: string, n: number): ModelUsage['tokensPerSecond'] {
	const [low, median, high] = [0.25, 0.5, 0.75].map((share) => at(values, model, n, share));
	return { n, median: median!, low: low!, high: high! };
}

function percentile95(values: ReadonlyMap<string, number>, model: string, n: number): ModelUsage['ttftMs'] {
	const { low, high } = quantileIntervalRanks(n, 0.95);
	const value = at(values, model, n, 0.95);
	return {
		n,
		value,
		low: low === null ? value : (values.get(place(model, low)) ?? value),
		high: high === null ? null : (values.get(place(model, high)) ?? null),
	};
}
