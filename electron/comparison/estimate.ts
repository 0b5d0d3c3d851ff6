import { bitsOf } from '../../models/hub/quantization-names.ts';
import type { ComparisonEstimate, ComparisonPlan } from '../contract/comparison/schema.ts';
import { readPromptLengths } from '../conversation/store/generations.ts';
import type { ReadableDatabase } from '../database/database.ts';
import { getDataset } from '../dataset/store/datasets.ts';
import { formatDuration } from '../text/duration-words.ts';
import { chatLatencyTokens } from './chat-latency.ts';
import type { ComparisonContext } from './context.ts';
import { planComparison } from './plan.ts';
import { taskOf } from './plan-task.ts';
import { lengthsToMeasure, type PromptLength } from './prompt-lengths.ts';
import { estimateSteps, learnStepRates, type StepExtents, type StepRates, tokensOf } from './step-durations.ts';
import { stepsOf } from './steps.ts';
import { measurementsOf, type NewCandidate, type StoredText } from './store.ts';
import { depthsOf, guideOf, promptLengthsOf, promptsOf, stepsLeft, subjectOf } from './subject.ts';

/** Bits per weight assumed for an unknown type. */
const usualBits = 6;

interface Facts
	extends Pick<StepExtents, 'promptTokens' | 'generatedTokens' | 'depths' | 'prompts' | 'samples' | 'extents'> {
	readonly candidates: readonly (Pick<NewCandidate, 'quantization' | 'sizeBytes'> & { readonly id: number })[];
	readonly texts: readonly Pick<StoredText, 'position' | 'path'>[];
	readonly matrixText: string | null;
	readonly chunks: number | null;
	readonly contextSize: number;
	/** Prompts for the chat latency; empty: it is not measured. */
	readonly felt: readonly PromptLength[];
}

function extentsFrom({ candidates, texts, matrixText, chunks, contextSize, felt, ...rest }: Facts): StepExtents {
	const referenceBytes = candidates[0]?.sizeBytes ?? 0;
	const referenceBits = bitsOf(candidates[0]?.quantization ?? '') ?? usualBits;
	const guessed = (quantization: string): number =>
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

/** The factors that decide how long the steps of a stored comparison take. */
function extentsOf(database: ReadableDatabase, id: number): StepExtents {
	const { comparison, candidates, texts } = subjectOf(database, id);
	const task = taskOf(comparison);
	return extentsFrom({
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
	});
}

function learnedRates(database: ReadableDatabase): StepRates {
	return learnStepRates(database, (id) => extentsOf(database, id));
}

/**
 * Estimates the duration of a plan from earlier steps on this computer. Throws what `start` throws for files that can't
 * be compared.
 */
export function estimateComparison(context: ComparisonContext, plan: ComparisonPlan): ComparisonEstimate {
	const { database } = context;
	const planned = planComparison(context, plan, null);
	const candidates = planned.candidates.map((candidate) => ({ ...candidate, id: candidate.position }));
	const depths = [...new Set([0, ...plan.depths])];
	const of = extentsFrom({
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
	});
	const steps = stepsOf(candidates, {
		texts: planned.texts.length,
		textExtent: 0,
		taskExtent: 0,
		rounds: plan.repetitions,
		answers: plan.prompts.length > 0,
		felt: plan.felt,
		task: plan.task !== null,
		imatrix: plan.quantize.length > 0 && plan.imatrixText !== null,
	});
	const { ms, learned } = estimateSteps(steps, of, learnedRates(database));
	const how = learned ? 'from what earlier comparisons took here' : 'a guess that gets better with every comparison';
	return { seconds: ms / 1000, learned, words: `About ${formatDuration(ms / 1000)}, ${how}.` };
}

/** Seconds that the rest of a comparison takes, according to earlier ones; null: they don't tell. */
export function learnedSecondsLeft(database: ReadableDatabase, id: number): number | null {
	const left = stepsLeft(subjectOf(database, id), measurementsOf(database, id));
	const { ms, learned } = estimateSteps(left, extentsOf(database, id), learnedRates(database));
	return learned ? ms / 1000 : null;
}
