import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import { armSchema, type Metric, repeatMetricSchema, tagMetricSchema } from '../contract/evaluation/schema.ts';
import { handScorer, scorerName } from '../contract/evaluation/scorer-name.ts';
import type { Reader } from '../database/reader.ts';
import { readSamplesById } from '../dataset/read-version.ts';
import { unattended } from '../jobs/unattended.ts';
import { z95 } from '../statistics/normal-distribution.ts';
import { quantile } from '../statistics/order-statistics.ts';
import { runToEnd } from '../statistics/sign-flip.ts';
import type { ArmTotals } from './arm-totals.ts';
import type { EvaluationContext } from './context.ts';
import { majorityAtKValues, passAtKValues } from './pass-at-k.ts';
import type { RunArm, RunSubject } from './run-subject.ts';
import { pooledWeight } from './scorers/score.ts';
import { getArm, setArmSummary } from './store/arms.ts';
import { type Summary, summarise, summariseByTag, summarisePooled } from './summarise-scores.ts';

const keptOfArm = armSchema.pick({
	n: true,
	errors: true,
	metrics: true,
	latency: true,
	tokensPerSecond: true,
	promptTokens: true,
	completionTokens: true,
});

/** The stored summary of an arm, so that a list of runs reads no rows. */
export const armSummarySchema = keptOfArm.extend({
	byTag: z.array(tagMetricSchema.omit({ armId: true })),
	repeats: z.array(repeatMetricSchema.omit({ armId: true })),
	/** By scorer, the rows that it could not score; includes scorers that scored none and so have no metric. */
	unscored: z.record(z.string(), z.int()).default({}),
	/** 95 % interval of the p50 and p95 latency, seconds. */
	latencyBounds: z
		.record(z.string(), z.object({ low: z.number().nullable(), high: z.number().nullable() }))
		.default({}),
});

export type ArmSummary = z.infer<typeof armSummarySchema>;

/** The inputs of a measured arm's summary. */
interface SummaryInput {
	readonly totals: ArmTotals;
	readonly samples: RunSubject['samples'];
	readonly epochs: number;
	/** By scorer, the weight of each sample; a missing scorer counts every sample once. */
	readonly weights: ReadonlyMap<string, readonly number[]>;
	/** Names of the scorers that judge pairs. */
	readonly pairs: ReadonlySet<string>;
}

function metricOf({ mean, ...summary }: Summary, unscored: number): Metric {
	return { ...summary, value: mean, unscored };
}

/** One value per sample: the mean of its scored answers; undefined if there is none yet. */
function bySample(values: readonly (number | null | undefined)[], samples: number): (number | null | undefined)[] {
	if (values.length === samples) return [...values];
	return Array.from({ length: samples }, (_, position) => {
		let [sum, count, seen] = [0, 0, false];
		for (let unit = position; unit < values.length; unit += samples) {
			const value = values[unit];
			if (value === undefined) continue;
			seen = true;
			if (value === null) continue;
			sum += value;
			count += 1;
		}
		return count > 0 ? sum / count : seen ? null : undefined;
	});
}

/** null: every sample is independent. */
function clustersOf(samples: SummaryInput['samples']): (string | null)[] | null {
	return samples.some(({ cluster }) => cluster !== null) ? samples.map(({ cluster }) => cluster) : null;
}

/**
 * Computes metrics over the rows so far. `whole`: by tag too, which takes longer. A step takes about 10 ms with 10,000
 * samples.
 */
function* summariseInSteps(
	{ totals, samples, weights, pairs }: SummaryInput,
	whole: boolean,
): Generator<void, Omit<ArmSummary, 'repeats'>> {
	const clusters = clustersOf(samples);
	const metrics: Record<string, Metric> = {};
	const byTag: ArmSummary['byTag'] = [];
	const notScored: Record<string, number> = {};
	for (const scorer of totals.scorers) {
		const units = totals.values(scorer);
		const unscored = units.filter((value) => value === null).length;
		notScored[scorer] = unscored;
		const values = bySample(units, samples.length);
		// Only existing values; with 10,000 samples, no more than the figures need.
		const there = values.flatMap((value, position) => (value === undefined ? [] : [position]));
		const scores = there.map((position) => values[position] ?? null);
		const weight = weights.get(scorer);
		const summary =
			weight === undefined
				? summarise(scores, clusters && there.map((position) => clusters[position] ?? null))
				: summarisePooled(
						scores,
						there.map((position) => weight[position] ?? 1),
					);
		if (summary !== null) {
			const decided = pairs.has(scorer) ? { decided: decidedOf(units, samples.length) } : {};
			metrics[scorer] = { ...metricOf(summary, unscored), ...decided };
		}
		yield;
		if (!whole) continue;
		const tagged = there.map((position) => ({
			value: values[position] ?? null,
			tags: samples[position]?.tags ?? [],
			cluster: samples[position]?.cluster ?? null,
		}));
		byTag.push(...summariseByTag(tagged).map(({ tag, ...one }) => ({ ...metricOf(one, one.unscored), tag, scorer })));
		yield;
	}
	const times = totals.times().sort();
	const { p50, p95 } = { p50: quantile(times, 0.5) / 1000, p95: quantile(times, 0.95) / 1000 };
	return {
		n: totals.done,
		errors: totals.errors,
		metrics,
		unscored: notScored,
		byTag,
		latency: times.length === 0 ? null : { p50, p95 },
		latencyBounds:
			times.length === 0
				? {}
				: { 'latency-p50': quantileBounds(times, 0.5), 'latency-p95': quantileBounds(times, 0.95) },
		tokensPerSecond: totals.shardMs > 0 && totals.shardTokens > 0 ? (1000 * totals.shardTokens) / totals.shardMs : null,
		promptTokens: totals.promptTokens,
		completionTokens: totals.completionTokens,
	};
}

/** Counts samples with an answer that was judged better or worse than the target. */
function decidedOf(units: readonly (number | null | undefined)[], samples: number): number {
	const positions = units.flatMap((value, unit) => (value == null || value === 0.5 ? [] : [unit % samples]));
	return new Set(positions).size;
}

/**
 * Distribution-free 95 % interval of a quantile: the order statistics at n·q ± 1.96 √(n·q·(1 − q)), rounded up
 * (Conover, Practical Nonparametric Statistics, 3.2). Seconds; null: with so few values, none is certain to lie beyond
 * the quantile.
 */
function quantileBounds(sorted: Float64Array, share: number): { low: number | null; high: number | null } {
	const n = sorted.length;
	const half = z95 * Math.sqrt(n * share * (1 - share));
	const at = (index: number): number | null => {
		const value = sorted[index];
		return value === undefined ? null : value / 1000;
	};
	return { low: at(Math.ceil(n * share - half) - 1), high: at(Math.ceil(n * share + half) - 1) };
}

/** pass@k and majority@k of an arm with several answers per sample, for scorers that score right or wrong. */
async function summariseRepeats(
	reader: Pick<Reader, 'all'>,
	armId: number,
	{ totals, samples, epochs }: SummaryInput,
): Promise<ArmSummary['repeats']> {
	if (epochs < 2) return [];
	const rows = await reader.all<{ position: number; epoch: number; answer: string | null; output: string }>(
		`SELECT position, epoch, answer, substr(o.output, 1, 1000) AS output FROM eval_results r
		 JOIN eval_outputs o ON o.id = r.output_id WHERE arm_id = :armId`,
		{ armId },
	);
	const answers = samples.map(() => new Array<string | null>(epochs).fill(null));
	for (const { position, epoch, answer, output } of rows) {
		const own = answers[position];
		if (own !== undefined) own[epoch] = answer ?? output;
	}
	const clusters = clustersOf(samples);
	const found: ArmSummary['repeats'] = [];
	for (const scorer of totals.scorers) {
		const units = totals.values(scorer);
		if (units.some((value) => value !== null && value !== undefined && value !== 0 && value !== 1)) continue;
		const repeated = samples.map((_, position) => ({
			values: Array.from({ length: epochs }, (__, epoch) => units[epoch * samples.length + position] ?? null),
			answers: answers[position] ?? [],
		}));
		const ks = [2, 3, 5, 10, 20, 50, 100].filter((k) => k < epochs);
		for (const k of [...ks, epochs]) {
			const pass = passAtKValues(repeated, k);
			const summary = pass === null ? null : summarise(pass, clusters);
			if (summary !== null) found.push({ ...metricOf(summary, summary.unscored), name: `pass@${k}`, scorer });
		}
		const majority = majorityAtKValues(repeated, epochs);
		const summary = majority === null ? null : summarise(majority, clusters);
		if (summary !== null) found.push({ ...metricOf(summary, summary.unscored), name: `majority@${epochs}`, scorer });
	}
	return found;
}

/** Writes the summary of each arm, so that showing a run does not read its rows. */
export interface ArmSummaries {
	/** Summarises the rows so far: at once, or within a second of the last time. Inside a transaction or outside. */
	writeSoon(armId: number): void;
	/** Summarises all arms, including the slower parts: by tag, and over several answers per sample. */
	writeAll(): Promise<void>;
}

/** Minimum time between two writes, ms: pages look no more often. */
const everyMs = 1_000;
/** Up to this many samples, tags are summarised while the run is going too. */
const fewSamples = 2_000;

export function createArmSummaries(
	{ database, reader, log }: Pick<EvaluationContext, 'database' | 'reader' | 'log'>,
	subject: RunSubject<RunArm>,
	allTotals: ReadonlyMap<number, ArmTotals>,
	/** Called after a write that came later than its rows. */
	onLate: () => void,
): ArmSummaries {
	const weights = weightsOf({ database }, subject);
	const pairs = new Set(
		subject.manifest.scorers.flatMap((scorer) =>
			scorer.kind === 'judge' && scorer.scale === 'pair' ? [scorerName(scorer)] : [],
		),
	);
	const inputs = new Map<number, SummaryInput>(
		[...allTotals].map(([armId, totals]) => [
			armId,
			{ totals, samples: subject.samples, epochs: subject.layout.epochs, weights, pairs },
		]),
	);
	const whole = subject.samples.length <= fewSamples;
	let wroteAt = Number.NEGATIVE_INFINITY;
	/** Keeps the mean of the scores by hand, which no scorer of the run gives. */
	function write(armId: number, { metrics, ...summary }: ArmSummary): void {
		const before = armSummarySchema.safeParse(JSON.parse(getArm(database, armId).summary ?? 'null'));
		const byHand = before.success ? before.data.metrics[handScorer] : undefined;
		setArmSummary(database, armId, {
			...summary,
			metrics: byHand === undefined ? metrics : { ...metrics, [handScorer]: byHand },
		});
	}
	/** Arms with rows that their summary lacks. */
	const stale = new Set<number>();
	let later: NodeJS.Timeout | null = null;
	function writeStale(): void {
		wroteAt = performance.now();
		for (const armId of stale) {
			const input = inputs.get(armId);
			if (input === undefined) throw new Error(`arm ${armId} has no totals`);
			write(armId, { ...runToEnd(summariseInSteps(input, whole)), repeats: [] });
			stale.delete(armId);
		}
	}
	// On a full disk, writing the next rows fails too, and ends the run.
	const writeLate = unattended(log, 'evaluation: a summary was not written', () => {
		later = null;
		writeStale();
		onLate();
	});
	return {
		writeSoon(armId) {
			stale.add(armId);
			if (later !== null) return;
			const waitMs = wroteAt + everyMs - performance.now();
			if (waitMs <= 0) {
				writeStale();
				return;
			}
			// The next row may be minutes away.
			later = setTimeout(writeLate, waitMs);
		},
		async writeAll() {
			if (later !== null) clearTimeout(later);
			later = null;
			for (const [armId, input] of inputs) {
				const repeats = await summariseRepeats(reader, armId, input);
				const steps = summariseInSteps(input, true);
				let next = steps.next();
				for (; next.done !== true; next = steps.next()) await nextTurn();
				write(armId, { ...next.value, repeats });
				await nextTurn();
			}
		},
	};
}

/** For scorers that pool parts of samples, the weight of each sample. */
function weightsOf(
	{ database }: Pick<EvaluationContext, 'database'>,
	{ manifest, run, samples }: RunSubject<RunArm>,
): ReadonlyMap<string, readonly number[]> {
	const weights = new Map<string, readonly number[]>();
	for (const scorer of manifest.scorers) {
		const own: number[] = [];
		for (const { sampleId } of samples) {
			const [sample] = scorer.kind === 'ifeval' ? readSamplesById(database, run.datasetVersionId, [sampleId]) : [];
			const weight = sample === undefined ? null : pooledWeight(scorer, sample);
			if (weight === null) break;
			own.push(weight);
		}
		if (own.length === samples.length) weights.set(scorerName(scorer), own);
	}
	return weights;
}
