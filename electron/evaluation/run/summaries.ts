import { setImmediate as nextTurn } from 'node:timers/promises';
import { scorerName } from '../../contract/evaluation/scorer-name.ts';
import { readSamplesById } from '../../dataset/read-version.ts';
import type { EvaluationContext } from '../context.ts';
import { pooledWeight } from '../scorers/score.ts';
import { setArmSummary } from '../store/arms.ts';
import { type SummaryInput, summariseArm, summariseRepeats } from '../view/summary.ts';
import type { RunArm, RunSubject } from './subject.ts';
import type { ArmTotals } from './tally.ts';

/** Writes what the rows of each arm come to, so that nobody who looks at a run has to read its rows. */
export interface ArmSummaries {
	/** Of the rows so far; not oftener than once a second. Within a transaction or without. */
	writeSoon(armId: number): void;
	/** Of all arms, with what takes longer: by tag, and of several answers a sample. */
	writeAll(): Promise<void>;
}

/** Apart, ms: pages look no oftener. */
const everyMs = 1_000;
/** Up to so many samples, tags are counted while it runs too. */
const fewSamples = 2_000;

export function createArmSummaries(
	{ database, reader }: Pick<EvaluationContext, 'database' | 'reader'>,
	subject: RunSubject<RunArm>,
	tallies: ReadonlyMap<number, ArmTotals>,
): ArmSummaries {
	const weights = weightsOf({ database }, subject);
	const pairs = new Set(
		subject.manifest.scorers.flatMap((scorer) =>
			scorer.kind === 'judge' && scorer.scale === 'pair' ? [scorerName(scorer)] : [],
		),
	);
	const inputs = new Map<number, SummaryInput>(
		[...tallies].map(([armId, tally]) => [
			armId,
			{ tally, samples: subject.samples, epochs: subject.layout.epochs, weights, pairs },
		]),
	);
	const whole = subject.samples.length <= fewSamples;
	let wroteAt = Number.NEGATIVE_INFINITY;
	return {
		writeSoon(armId) {
			if (performance.now() - wroteAt < everyMs) return;
			const input = inputs.get(armId);
			if (input === undefined) throw new Error(`arm ${armId} has no tally`);
			wroteAt = performance.now();
			setArmSummary(database, armId, { ...summariseArm(input, whole), repeats: [] });
		},
		async writeAll() {
			for (const [armId, input] of inputs) {
				const repeats = await summariseRepeats(reader, armId, input);
				setArmSummary(database, armId, { ...summariseArm(input, true), repeats });
				await nextTurn();
			}
		},
	};
}

/** By scorer that pools parts of samples, how much each sample counts. */
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
