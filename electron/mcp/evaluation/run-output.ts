import { z } from 'zod';
import type { Metric, Run, RunComparison } from '../../contract/evaluation/schema.ts';

/** A mean with its 95 % interval. */
const scoreSchema = z.object({ value: z.number(), low: z.number(), high: z.number(), n: z.int() });

export const runOutputSchema = z.object({
	run_id: z.int(),
	name: z.string(),
	status: z.enum(['waiting', 'running', 'paused', 'done', 'failed', 'cancelled']),
	dataset: z.object({ id: z.int(), name: z.string(), version: z.int(), samples: z.int() }),
	done: z.int(),
	total: z.int(),
	combinations: z.array(
		z.object({
			name: z.string().describe('As compare_runs takes it: run:number'),
			label: z.string(),
			model: z.string(),
			prompt: z.string(),
			technique: z.string(),
			scores: z.record(z.string(), scoreSchema).describe('By scorer, 95 % interval'),
			answers: z.int(),
			failed: z.int(),
			tokens_per_second: z.number().nullable(),
		}),
	),
	criteria: z.array(z.string()),
	warnings: z.array(z.string()),
});

export function runOutput(run: Run): z.input<typeof runOutputSchema> {
	const { dataset, progress } = run;
	return {
		run_id: run.id,
		name: run.name,
		status: run.status,
		dataset: { id: dataset.id, name: dataset.name, version: dataset.number, samples: dataset.samples },
		done: progress.done,
		total: progress.total,
		combinations: run.arms.map((arm) => ({
			name: `${run.id}:${arm.position + 1}`,
			label: arm.label,
			model: `${arm.model.name} ${arm.model.quantization}`.trim(),
			prompt: `${arm.prompt.name} v${arm.prompt.number}`,
			technique: arm.technique.kind,
			scores: Object.fromEntries(Object.entries(arm.metrics).map(([name, metric]) => [name, scoreOf(metric)])),
			answers: arm.n,
			failed: arm.errors,
			tokens_per_second: arm.tokensPerSecond,
		})),
		criteria: run.criteria.map(({ words }) => words),
		warnings: run.warnings.map(({ message }) => message),
	};
}

/** One side minus the first, on the samples that both scored. */
const pairShape = {
	verdict: z
		.enum(['better', 'worse', 'same', 'undecided'])
		.describe('undecided: these samples can’t tell; same: no difference that matters'),
	difference: z.number().describe('Of the scores, 0 to 1'),
	low: z.number().describe('95 % interval of the difference'),
	high: z.number(),
	p: z.number(),
	method: z.string(),
	n: z.int().describe('Samples that both scored'),
	gained: z.int(),
	lost: z.int(),
	samples_needed: z.int().nullable().describe('About how many would show this difference; null: shown, or none'),
	words: z.string(),
};

export const comparisonOutputSchema = z.object({
	scorer: z.string(),
	words: z.string(),
	first: z.object({ name: z.string(), label: z.string(), score: scoreSchema.nullable() }),
	others: z.array(z.object({ name: z.string(), label: z.string(), score: scoreSchema.nullable(), ...pairShape })),
	unfair: z.array(z.string()).describe('Differences besides the one in question: say them before any verdict'),
});

export const pairSchema = z.object(pairShape);

export function comparisonOutput({
	scorer,
	words,
	sides,
	pairs,
	unfair,
}: RunComparison): z.input<typeof comparisonOutputSchema> {
	const [first, ...others] = sides.map(({ runId, arm, metric }) => ({
		name: `${runId}:${arm.position + 1}`,
		label: arm.label,
		score: metric === null ? null : scoreOf(metric),
	}));
	if (first === undefined) throw new Error('a comparison without a first side');
	return {
		scorer,
		words,
		first,
		others: others.flatMap((side, index) => {
			const pair = pairs[index];
			return pair === undefined ? [] : [{ ...side, ...pairOf(pair) }];
		}),
		unfair: unfair.map(({ message }) => message),
	};
}

function pairOf(pair: RunComparison['pairs'][number]): z.input<typeof pairSchema> {
	return {
		verdict: pair.verdict,
		difference: pair.difference,
		low: pair.low,
		high: pair.high,
		p: pair.p,
		method: pair.method,
		n: pair.n,
		gained: pair.gained,
		lost: pair.lost,
		samples_needed: pair.samplesNeeded,
		words: pair.words,
	};
}

function scoreOf({ value, low, high, n }: Metric): z.input<typeof scoreSchema> {
	return { value, low, high, n };
}
