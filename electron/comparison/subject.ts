import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { modelOptionsSchema, type QuantizeOrigin } from '../contract/library/schema.ts';
import type { ReadableDatabase } from '../database/database.ts';
import { gpuOptions } from '../library/gpu-settings.ts';
import type { ImatrixSource } from '../library/importance-matrix.ts';
import { readOrigin } from '../library/quantized-files.ts';
import { type PromptLength, promptLengthSchema } from './prompt-lengths.ts';
import { type Extent, type Step, stepKey, stepsOf } from './steps.ts';
import {
	candidatesOf,
	getComparison,
	type Measurement,
	type StoredCandidate,
	type StoredComparison,
	type StoredText,
	textsOf,
} from './store.ts';

/** A comparison and its files, read from the database. */
export interface ComparisonSubject {
	readonly comparison: StoredComparison;
	/** The reference first. */
	readonly candidates: readonly StoredCandidate[];
	readonly texts: readonly StoredText[];
	/** The origin of files that were quantised here, by candidate. */
	readonly origins: ReadonlyMap<number, QuantizeOrigin>;
}

/** Context depths in tokens at which speed is measured, the empty one first. */
export function depthsOf({ depths }: StoredComparison): readonly number[] {
	const plannedDepths = JSON.parse(depths) as number[];
	return [...new Set([0, ...plannedDepths])].sort((a, b) => a - b);
}

/** The importance matrix that files are quantised with; null: none. */
export function guideOf({ imatrix }: Pick<StoredComparison, 'imatrix'>): ImatrixSource | null {
	return imatrix === null ? null : (JSON.parse(imatrix) as ImatrixSource);
}

export function promptsOf({ prompts }: StoredComparison): readonly string[] {
	return JSON.parse(prompts) as string[];
}

/** Prompts for measuring chat latency; empty: it is not measured. */
export function promptLengthsOf({ felt }: StoredComparison): readonly PromptLength[] {
	return z.array(promptLengthSchema).parse(JSON.parse(felt));
}

/** The device that everything is computed on; empty if the plan leaves that to each model. */
export function deviceOf({ gpu }: Pick<StoredComparison, 'gpu'>) {
	return gpuOptions(modelOptionsSchema.pick({ gpu: true, gpuLayers: true }).parse(JSON.parse(gpu)));
}

export function threadsOf(comparison: StoredComparison): number {
	return comparison.threads === 0 ? availableParallelism() : comparison.threads;
}

export function subjectOf(database: ReadableDatabase, id: number): ComparisonSubject {
	const comparison = getComparison(database, id);
	const candidates = candidatesOf(database, id);
	const quantized = candidates.flatMap((candidate) => {
		const known = candidate.modelFileId === null ? null : readOrigin(database, candidate.modelFileId);
		return known === null ? [] : [[candidate.id, known] as const];
	});
	return { comparison, candidates, texts: textsOf(database, id), origins: new Map(quantized) };
}

export function extentOf({ comparison, texts }: Pick<ComparisonSubject, 'comparison' | 'texts'>): Extent {
	return {
		texts: texts.length,
		textExtent: comparison.textExtent,
		taskExtent: comparison.taskExtent,
		rounds: comparison.repetitions,
		answers: promptsOf(comparison).length > 0,
		task: comparison.task !== null,
		tools: comparison.tools !== null,
		imatrix: comparison.imatrix !== null,
		felt: promptLengthsOf(comparison).length > 0,
	};
}

export function stepsLeft(subject: ComparisonSubject, measurements: readonly Measurement[]): readonly Step[] {
	const done = doneIn(measurements);
	return stepsOf(subject.candidates, extentOf(subject)).filter((step) => !done(step));
}

/** Returns the files that something is still to be measured of. */
export function candidatesLeft(
	subject: ComparisonSubject,
	measurements: readonly Measurement[],
): readonly StoredCandidate[] {
	const left = new Set(stepsLeft(subject, measurements).map(({ candidateId }) => candidateId));
	return subject.candidates.filter(({ id }) => left.has(id));
}

/** Returns a function that tells whether a step is measured. */
export function doneIn(measurements: readonly Pick<Measurement, 'candidateId' | 'step'>[]): (step: Step) => boolean {
	const done = new Set(measurements.map(({ candidateId, step }) => `${candidateId}:${step}`));
	return (step) => done.has(`${step.candidateId}:${stepKey(step)}`);
}
