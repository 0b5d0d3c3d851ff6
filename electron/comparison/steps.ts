import { z } from 'zod';
import {
	benchResultSchema,
	measuredRowSchema,
	perplexityResultSchema,
	quantizeResultSchema,
} from '../../models/contract/native.ts';
import { feltSchema } from '../contract/comparison/felt.ts';
import { taskScoresSchema } from './task/accuracy.ts';

/** One thing to measure of one file. Its result is stored as a whole, or not at all. */
export type Step =
	/** The importance matrix that files are made with. */
	| { readonly kind: 'imatrix'; readonly candidateId: number }
	| { readonly kind: 'produce'; readonly candidateId: number }
	| { readonly kind: 'quality'; readonly candidateId: number; readonly text: number }
	| { readonly kind: 'answers'; readonly candidateId: number }
	/** Of all files at once, as one evaluation run; kept for each. */
	| { readonly kind: 'task'; readonly candidateId: number }
	/** Through the chat's own path. */
	| { readonly kind: 'felt'; readonly candidateId: number }
	/** Every speed once. */
	| { readonly kind: 'speed'; readonly candidateId: number; readonly round: number };

/** What is kept of a step: what the engine answered, without what can be read elsewhere. */
export const stepResultSchemas = {
	imatrix: z.object({ matrix: z.string() }),
	produce: quantizeResultSchema.shape.outputs.element.extend(
		quantizeResultSchema.pick({ warnings: true, imatrix: true, conditions: true }).shape,
	),
	quality: perplexityResultSchema,
	answers: z.object({ rows: z.array(measuredRowSchema) }),
	task: taskScoresSchema,
	felt: feltSchema,
	speed: benchResultSchema.extend({ peakBytes: z.int() }),
} as const;

export type StepResults = { [Kind in Step['kind']]: z.infer<(typeof stepResultSchemas)[Kind]> };

export function stepKey(step: Step): string {
	switch (step.kind) {
		case 'quality':
			return `quality:${step.text}`;
		case 'speed':
			return `speed:${step.round}`;
		case 'imatrix':
		case 'produce':
		case 'answers':
		case 'task':
		case 'felt':
			return step.kind;
	}
}

export interface Extent {
	readonly texts: number;
	/** Times each speed is measured. */
	readonly rounds: number;
	readonly answers: boolean;
	readonly task: boolean;
	readonly imatrix: boolean;
	readonly felt: boolean;
}

/**
 * Everything a comparison measures, in order: files are made first; then, file by file, what needs the reference beside
 * it. Speeds come last, in rounds over all files, every other one backwards: what slows the computer for a while, other
 * programs or heat, then slows all files alike, and rounds can be compared as pairs.
 */
export function stepsOf(
	candidates: readonly { readonly id: number; readonly produce: boolean }[],
	{ texts, rounds, answers, task, imatrix, felt }: Extent,
): readonly Step[] {
	const ids = candidates.map(({ id }) => id);
	const backwards = ids.toReversed();
	return [
		...(imatrix ? ids.slice(0, 1).map((candidateId) => ({ kind: 'imatrix' as const, candidateId })) : []),
		...candidates.filter(({ produce }) => produce).map(({ id }) => ({ kind: 'produce' as const, candidateId: id })),
		...ids.flatMap((candidateId) =>
			Array.from({ length: texts }, (_, text) => ({ kind: 'quality' as const, candidateId, text })),
		),
		...(answers ? ids.map((candidateId) => ({ kind: 'answers' as const, candidateId })) : []),
		...(task ? ids.slice(0, 1).map((candidateId) => ({ kind: 'task' as const, candidateId })) : []),
		...(felt ? ids.map((candidateId) => ({ kind: 'felt' as const, candidateId })) : []),
		...Array.from({ length: rounds }, (_, round) =>
			(round % 2 === 0 ? ids : backwards).map((candidateId) => ({ kind: 'speed' as const, candidateId, round })),
		).flat(),
	];
}
