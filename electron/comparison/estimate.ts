import { said, spoken } from '../../models/contract/said.ts';
import { bitsOf } from '../../models/hub/quantization-names.ts';
import type { ComparisonEstimate, ComparisonPlan } from '../contract/comparison/schema.ts';
import { readPromptLengths } from '../conversation/store/generations.ts';
import type { ReadableDatabase } from '../database/database.ts';
import { getDataset } from '../dataset/store/datasets.ts';
import { formatPrediction } from '../text/duration-words.ts';
import { chatLatencyTokens } from './chat-latency.ts';
import type { ComparisonContext } from './context.ts';
import { planComparison } from './plan.ts';
import { taskOf } from './plan-task.ts';
import { lengthsToMeasure, type PromptLength } from './prompt-lengths.ts';
import {
	estimateSteps,
	learnStepRates,
	type StepExtents,
	type StepRates,
	type StepsEstimate,
	tokensOf,
} from './step-durations.ts';
import { stepsOf } from './steps.ts';
import { measurementsOf, type NewCandidate, type StoredText } from './store.ts';
import { depthsOf, guideOf, promptLengthsOf, promptsOf, stepsLeft, subjectOf } from './subject.ts';

/** Bits per weight assumed for an unknown type. */
const usualBits = 6;

interface Facts
	extends Pick<
		StepExtents,
		'promptTokens' | 'generatedTokens' | 'depths' | 'prompts' | 'samples' | 'toolTasks' | 'extents'
	> {
	readonly candidates: readonly (Pick<NewCandidate, 'quantization' | 'sizeBytes' | 'path'> & { readonly id: number })[];
	readonly texts: readonly Pick<StoredText, 'position' | 'path'>[];
	readonly matrixText: string | null;
	readonly chunks: number | null;
	readonly contextSize: number;
	/** Prompts for the chat latency; empty: it is not measured. */
	readonly felt: readonly PromptLength[];
}

function extentsFrom(
	sizes: ComparisonContext['sizes'],
	{ candidates, texts, matrixText, chunks, contextSize, felt, ...rest }: Facts,
): StepExtents {
	const [reference] = candidates;
	const referenceBytes = reference?.sizeBytes ?? 0;
	const referenceBits = bitsOf(reference?.quantization ?? '') ?? usualBits;
	const guessed = (quantization: string): number =>
		sizes.known(reference?.path ?? '', quantization) ??
		(referenceBytes * (bitsOf(quantization) ?? usualBits)) / referenceBits;
	return {
		...rest,
		referenceBytes,
		chatLatencyTokens: chatLatencyTokens(felt),
		sizes: new Map(candidates.map(({ id, sizeBytes, quantization }) => [id, sizeBytes ?? guessed(quantization)])),
		textTokens: new Map(texts.map(({ position, path }) => [position, tokensOf(path, chunks, contextSize)])),
		matrixTokens: matrixText === null ? 0 : tokensOf(matrixText, null, contextSize),
	};
}

/** Maximum number of samples that a task asks. */
function samplesOf(database: ReadableDatabase, dataset: { datasetId: number; limit: number | null }): number {
	try {
		const { samples } = getDataset(database, dataset.datasetId).latest;
		return Math.min(samples, dataset.limit ?? samples);
	} catch {
		// The dataset has been erased since.
		return dataset.limit ?? 0;
	}
}

type EstimateContext = Pick<ComparisonContext, 'database' | 'sizes'>;

/** The factors that decide how long the steps of a stored comparison take. */
function extentsOf({ database, sizes }: EstimateContext, id: number): StepExtents {
	const { comparison, candidates, texts } = subjectOf(database, id);
	const task = taskOf(comparison);
	const tools = taskOf(comparison, 'tools');
	return extentsFrom(sizes, {
		candidates,
		texts,
		matrixText: guideOf(comparison)?.text ?? null,
		chunks: comparison.chunks,
		contextSize: comparison.contextSize,
		depths: depthsOf(comparison),
		promptTokens: comparison.promptTokens,
		generatedTokens: comparison.generatedTokens,
		prompts: promptsOf(comparison).length,
		felt: promptLengthsOf(comparison),
		extents: { quality: comparison.textExtent, task: comparison.taskExtent },
		samples: task === null ? 0 : samplesOf(database, task.dataset),
		toolTasks: tools === null ? 0 : samplesOf(database, tools.dataset),
	});
}

/** The rates of earlier comparisons; what comparison `id` has measured itself counts before them. */
function learnedRates(context: EstimateContext, id?: number): StepRates {
	const learn = (only?: number): StepRates =>
		learnStepRates(context.database, (each) => extentsOf(context, each), only);
	return id === undefined ? learn() : new Map([...learn(), ...learn(id)]);
}

/**
 * Estimates the duration of a plan from earlier steps on this computer. Throws what `start` throws for files that can't
 * be compared.
 */
export async function estimateComparison(
	context: ComparisonContext,
	plan: ComparisonPlan,
): Promise<ComparisonEstimate> {
	const { database } = context;
	const planned = planComparison(context, plan, null);
	const source = planned.candidates[0]?.path;
	// A file that can't be read shows when the comparison starts.
	if (plan.quantize.length > 0 && source !== undefined) await context.sizes.of(source).catch(() => []);
	const candidates = planned.candidates.map((candidate) => ({ ...candidate, id: candidate.position }));
	const depths = [...new Set([0, ...plan.depths])];
	const of = extentsFrom(context.sizes, {
		candidates,
		texts: planned.texts,
		depths,
		prompts: plan.prompts.length,
		extents: {},
		felt: plan.felt ? lengthsToMeasure(readPromptLengths(database)) : [],
		matrixText: plan.quantize.length === 0 ? null : plan.imatrixText,
		chunks: plan.chunks,
		contextSize: plan.contextSize,
		promptTokens: plan.promptTokens,
		generatedTokens: plan.generatedTokens,
		samples: plan.task === null ? 0 : samplesOf(database, plan.task.dataset),
		toolTasks: plan.tools === null ? 0 : samplesOf(database, plan.tools.dataset),
	});
	const steps = stepsOf(candidates, {
		texts: planned.texts.length,
		textExtent: 0,
		taskExtent: 0,
		rounds: plan.repetitions,
		answers: plan.prompts.length > 0,
		felt: plan.felt,
		task: plan.task !== null,
		tools: plan.tools !== null,
		imatrix: plan.quantize.length > 0 && plan.imatrixText !== null,
	});
	const { ms, learned } = estimateSteps(steps, of, learnedRates(context));
	const duration = formatPrediction(ms / 1000);
	return spoken({
		seconds: ms / 1000,
		learned,
		words: learned
			? said`About ${duration}, learned from earlier comparisons on this computer.`
			: said`About ${duration}, a guess until something like it was measured here.`,
	});
}

/** Estimates how long each remaining step of a comparison takes, the next one first. */
export function estimateRest(context: EstimateContext, id: number): StepsEstimate {
	const { database } = context;
	const left = stepsLeft(subjectOf(database, id), measurementsOf(database, id));
	return estimateSteps(left, extentsOf(context, id), learnedRates(context, id));
}

/** Below this completed share of a step, its estimate is better than its own pace. */
const tellingShare = 0.1;

/** The least that is left of a step that takes longer than estimated, as a share of its estimate. */
const leastShare = 0.05;

/**
 * Seconds left, with the running step counted by its own pace as soon as that tells; `now` null: nothing is running.
 */
export function secondsLeftOf(
	{ each, ms }: StepsEstimate,
	now: { readonly share: number; readonly elapsedMs: number } | null,
): number {
	const [first = 0] = each;
	if (now === null) return ms / 1000;
	const { share, elapsedMs } = now;
	const own =
		share >= tellingShare ? (elapsedMs * (1 - share)) / share : Math.max(first - elapsedMs, first * leastShare);
	return (ms - first + own) / 1000;
}
