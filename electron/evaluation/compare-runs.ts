import { setImmediate as nextTurn } from 'node:timers/promises';
import { Failure } from '../../models/contract/failure.ts';
import { type Said, said, spoken, type Words } from '../../models/contract/said.ts';
import type { Manifest } from '../contract/evaluation/manifest.ts';
import type { Arm, Metric, Pair, Run, RunComparison, Side, Unfair } from '../contract/evaluation/schema.ts';
import { holm } from '../statistics/mean-difference.ts';
import { fewestSamples } from '../statistics/sign-flip.ts';
import { labelsOf } from './arm-labels.ts';
import { compareInSteps, type PairedComparison } from './compare-scores.ts';
import { comparisonWords, pairWords, type Scale } from './comparison-words.ts';
import type { EvaluationContext } from './context.ts';
import { armView, isScoredByHand, manifestOf } from './run-view.ts';
import { sameOutputs, scorersOf, sharedScorers } from './same-outputs.ts';
import { getArm } from './store/arms.ts';
import { getRun } from './store/runs.ts';
import { summarise } from './summarise-scores.ts';
import { type ComparedArm, findUnfairness, isSameArm, type SharedOutputs } from './unfair-comparison.ts';

/** Probability of any false claim among all that one comparison makes. */
const alpha = 0.05;
/** Seed of the permutations; fixed, so that a comparison always gives the same result. */
const seed = 20_241_101;

interface Loaded extends ComparedArm {
	readonly runId: number;
	readonly runName: string;
	readonly armId: number;
	readonly view: Side['arm'];
	readonly scores: readonly SampleScore[];
}

/**
 * Compares arms of one or several runs with the first arm, paired by sample. Throws Failure `arm-unknown`,
 * `scorer-unknown`.
 */
export async function compareArms(
	context: Pick<EvaluationContext, 'database' | 'reader'>,
	armIds: readonly number[],
	wanted: string | null,
): Promise<RunComparison> {
	const { database } = context;
	const sides = armIds.map((id) => {
		const arm = getArm(database, id);
		const run = getRun(database, arm.runId);
		return { arm, run, manifest: manifestOf(run), byHand: isScoredByHand(arm) };
	});
	const runs = new Set(sides.map(({ run }) => run.id));
	const scorers = scorersOf(
		sides.map(({ arm, run, ...side }) => ({ runId: run.id, ...side, position: arm.position })),
		wanted,
	);
	if (scorers === null) throw noScorer(wanted);
	const loaded: Loaded[] = [];
	for (const [index, { arm, run, manifest }] of sides.entries()) {
		const scorer = scorers[index] ?? '';
		const planned = manifest.arms[arm.position];
		if (planned === undefined) throw new Error(`arm ${arm.id} is not in its manifest`);
		const own = labelsOf(manifest)[arm.position] ?? '';
		loaded.push({
			runId: run.id,
			runName: run.name,
			armId: arm.id,
			manifest,
			arm: planned,
			repeatable: run.repeatable,
			independent:
				planned.technique.kind === 'choice-likelihood' ||
				hasIndependentRows(manifest, JSON.parse(run.conditions) as Run['conditions']),
			position: arm.position,
			scorer,
			label: runs.size === 1 ? own : manifest.arms.length === 1 ? run.name : said`${run.name}: ${own}`,
			view: armView(database, arm, manifest, own),
			scores: await sampleScores(context, { armId: arm.id, runId: run.id, scorer, oneRun: runs.size === 1 }),
		});
	}
	return compared(context, withDistinctLabels(loaded), sharedScorers(sides));
}

/** Adds ids to runs with the same name, and scorers to sides whose scorers differ. */
function withDistinctLabels(sides: readonly Loaded[]): readonly Loaded[] {
	const oneScorer = new Set(sides.map(({ scorer }) => scorer)).size === 1;
	return sides.map((side) => {
		const alone = sides.filter(({ label }) => String(label) === String(side.label)).length === 1;
		const label = alone ? side.label : said`${side.label} (run ${side.runId})`;
		return { ...side, label: oneScorer ? label : said`${label} by ${side.scorer}` };
	});
}

function noScorer(wanted: string | null): Failure {
	return new Failure({
		code: 'scorer-unknown',
		message:
			wanted === null
				? said`These runs have no scorer in common, so they can’t be compared.`
				: said`Not all of these runs have a scorer “${wanted}”.`,
		next: [said`Choose runs with the same scorer`],
	});
}

/**
 * Whether a generated answer depended on no other row: always at width 1, and where the run asked for it on a CPU.
 * Likelihoods never depend on other rows.
 */
function hasIndependentRows({ width, independent }: Manifest, conditions: Run['conditions']): boolean {
	return width === 1 || (independent === true && conditions.gpu === undefined);
}

/** Counts the outputs that two arms share by sample and epoch, on the reader's thread. */
async function sharedOutputs(
	{ reader }: Pick<EvaluationContext, 'reader'>,
	first: Loaded,
	other: Loaded,
): Promise<SharedOutputs> {
	const [counts] = await reader.all<SharedOutputs>(
		`SELECT count(*) AS shared, coalesce(sum(oa.output <> ob.output), 0) AS differing
		 FROM eval_results a
		 JOIN eval_samples ea ON ea.run_id = :firstRun AND ea.position = a.position
		 JOIN eval_samples eb ON eb.run_id = :otherRun AND eb.sha256 = ea.sha256 AND eb.key = ea.key
		 JOIN eval_results b ON b.arm_id = :otherArm AND b.position = eb.position AND b.epoch = a.epoch
		 JOIN eval_outputs oa ON oa.id = a.output_id
		 JOIN eval_outputs ob ON ob.id = b.output_id
		 WHERE a.arm_id = :firstArm AND a.status = 'done' AND b.status = 'done'`,
		{ firstArm: first.armId, firstRun: first.runId, otherArm: other.armId, otherRun: other.runId },
	);
	return counts ?? { shared: 0, differing: 0 };
}

async function compared(
	context: Pick<EvaluationContext, 'reader'>,
	sides: readonly Loaded[],
	scorers: readonly string[],
): Promise<RunComparison> {
	const [first, ...others] = sides;
	if (first === undefined) throw new Error('a comparison of nothing');
	const byPair = sides.map(({ scores }) => new Map(scores.map((score) => [score.pair, score.value])));
	const everywhere = first.scores.filter(({ pair }) => byPair.every((values) => (values.get(pair) ?? null) !== null));
	const all = new Set(sides.flatMap(({ scores }) => scores.map(({ pair }) => pair)));
	const share = sides.every(({ scores }) => scores.every(({ value }) => value === null || (value >= 0 && value <= 1)));
	const found: (PairedComparison | null)[] = [];
	for (const [index] of others.entries()) {
		const steps = pairOf(first, byPair[index + 1] ?? new Map<SampleScore['pair'], number | null>());
		let next = steps.next();
		// A permutation test of thousands of samples takes a while, so yield to other work in between.
		for (; next.done !== true; next = steps.next()) await nextTurn();
		found.push(next.value);
	}
	const adjusted = holm(found.map((pair) => pair?.p ?? 1));
	const described = others.map((side, index) =>
		describe(side, first, found[index] ?? null, {
			p: adjusted[index] ?? 1,
			comparisons: others.length,
			scale: { share, sameOutputs: sameOutputs(first, side) },
		}),
	);
	const pairs = described.map(({ pair, words }) => spoken({ ...pair, words }));
	const unfair: Unfair[] = [];
	for (const [index, side] of others.entries()) {
		const n = found[index]?.n ?? 0;
		const union = new Set([...first.scores, ...side.scores].map(({ pair }) => pair));
		const counted = isSameArm(first, side) && !(first.independent && side.independent);
		const outputs = counted ? await sharedOutputs(context, first, side) : null;
		unfair.push(...findUnfairness(first, side, { common: n, left: union.size - n, outputs }));
	}
	const unique = unfair.filter((one, index) => unfair.findIndex(({ message }) => message === one.message) === index);
	return spoken({
		scorer: first.scorer,
		scorers: [...scorers],
		pairs,
		unfair: unique.toSorted((a, b) => Number(b.serious) - Number(a.serious)),
		sides: sides.map(({ runId, runName, view, label, scorer }, index) => ({
			runId,
			runName,
			arm: labelled(view, label),
			scorer,
			metric: wholeMetric(view, scorer, everywhere.length) ?? metricOn(everywhere, byPair[index]),
		})),
		n: everywhere.length,
		leftOut: all.size - everywhere.length,
		words: comparisonWords(
			pairs,
			described.map(({ words }) => words),
			sides,
			unique.some(({ serious }) => serious),
		),
	});
}

/** An arm under another label. */
function labelled({ said: _, ...view }: Arm, label: Words): Arm {
	return spoken({ ...view, label });
}

function pairOf(
	first: Loaded,
	other: ReadonlyMap<SampleScore['pair'], number | null>,
): Generator<void, PairedComparison | null> {
	const clustered = first.scores.some(({ cluster }) => cluster !== null);
	return compareInSteps({
		first: first.scores.map(({ value }) => value),
		second: first.scores.map(({ pair }) => other.get(pair) ?? null),
		clusters: clustered ? first.scores.map(({ cluster }) => cluster) : null,
		seed,
	});
}

/** The run's own figure, pooled or with ties, if every sample that it scored is compared. */
function wholeMetric({ metrics }: Arm, scorer: string, compared: number): Metric | null {
	const own = metrics[scorer];
	return own?.n === compared ? own : null;
}

function metricOn(
	samples: readonly SampleScore[],
	values: ReadonlyMap<SampleScore['pair'], number | null> | undefined,
): Metric | null {
	const clustered = samples.some(({ cluster }) => cluster !== null);
	const summary = summarise(
		samples.map(({ pair }) => values?.get(pair) ?? null),
		clustered ? samples.map(({ cluster }) => cluster) : null,
	);
	if (summary === null) return null;
	const { mean, ...rest } = summary;
	return { ...rest, value: mean };
}

interface Tested {
	/** Adjusted for all comparisons. */
	readonly p: number;
	readonly comparisons: number;
	readonly scale: Scale;
}

function describe(
	side: Loaded,
	first: Loaded,
	found: PairedComparison | null,
	{ p, comparisons, scale }: Tested,
): { readonly pair: Omit<Pair, 'words'>; readonly words: Said } {
	const fewest = fewestSamples(comparisons);
	const known = found ?? nothing;
	const { n, difference, standardError, low, high, method, gained, lost, detectable } = known;
	const shown = p <= alpha && difference !== 0;
	const few = known.independent < fewest;
	const equal = gained + lost === 0 && n > 0 && !few;
	const verdict = shown ? (difference > 0 ? 'better' : 'worse') : equal ? 'same' : 'undecided';
	const pair = {
		armId: side.armId,
		n,
		difference,
		standardError,
		low,
		high,
		p: found === null ? 1 : p,
		method,
		gained,
		lost,
		detectable,
		verdict,
		fewest: few ? fewest : null,
		// An estimate from a few samples may fall below what any difference needs.
		samplesNeeded: shown || known.samplesNeeded === null ? null : Math.max(known.samplesNeeded, fewest),
	} as const;
	return { pair, words: pairWords(side.label, first.label, pair, scale) };
}

/** What is known of two sides without a common sample. */
const nothing = {
	...{ n: 0, independent: 0, difference: 0, standardError: 0, low: -1, high: 1, method: 'none' },
	...{ gained: 0, lost: 0, detectable: null, samplesNeeded: null },
};

/** Score of an arm on one sample. */
export interface SampleScore {
	/**
	 * The pairing key: the position within one run, otherwise key and content, which are the same in every run that has
	 * the sample.
	 */
	readonly pair: string | number;
	readonly cluster: string | null;
	/** Mean over its answers; null: not scored or not answered yet. */
	readonly value: number | null;
}

export interface ScoresOf {
	readonly armId: number;
	readonly runId: number;
	readonly scorer: string;
	/** Whether all compared arms belong to one run. */
	readonly oneRun: boolean;
}

/** Scores by sample in run order, averaged over all answers to a sample. Read on the reader's thread. */
export function sampleScores(
	{ reader }: Pick<EvaluationContext, 'reader'>,
	{ armId, runId, scorer, oneRun }: ScoresOf,
): Promise<readonly SampleScore[]> {
	return reader.all<SampleScore>(
		`SELECT CASE WHEN :oneRun THEN e.position ELSE e.sha256 || ' ' || e.key END AS pair, e.cluster, m.value
		 FROM eval_samples e LEFT JOIN (
		   SELECT r.position, AVG(s.value) AS value FROM eval_results r
		   JOIN scores s ON s.result_id = r.id AND s.scorer = :scorer
		   WHERE r.arm_id = :armId AND r.status = 'done' GROUP BY r.position) m ON m.position = e.position
		 WHERE e.run_id = :runId ORDER BY e.position`,
		{ armId, runId, scorer, oneRun: oneRun ? 1 : 0 },
	);
}
