import { z } from 'zod';
import { benchResultSchema, perplexityResultSchema, quantizeResultSchema } from '../../models/contract/native.ts';

/** One thing to measure of one file. Its result is stored as a whole, or not at all. */
export type Step =
	| { readonly kind: 'produce'; readonly candidateId: number }
	| { readonly kind: 'quality'; readonly candidateId: number; readonly text: number }
	| { readonly kind: 'speed'; readonly candidateId: number };

/** What is kept of a step: what the engine answered, without what can be read elsewhere. */
export const stepResultSchemas = {
	produce: quantizeResultSchema.shape.outputs.element,
	quality: perplexityResultSchema,
	speed: benchResultSchema.extend({ peakBytes: z.int() }),
} as const;

export type StepResults = { [Kind in Step['kind']]: z.infer<(typeof stepResultSchemas)[Kind]> };

export function stepKey(step: Step): string {
	return step.kind === 'quality' ? `quality:${step.text}` : step.kind;
}

/**
 * Everything a comparison measures, in order: files are made first; then, file by file, what needs the reference beside
 * it and what needs the computer for itself.
 */
export function stepsOf(
	candidates: readonly { readonly id: number; readonly produce: boolean }[],
	texts: number,
): readonly Step[] {
	return [
		...candidates.filter(({ produce }) => produce).map(({ id }) => ({ kind: 'produce' as const, candidateId: id })),
		...candidates.flatMap(({ id }) => [
			...Array.from({ length: texts }, (_, text) => ({ kind: 'quality' as const, candidateId: id, text })),
			{ kind: 'speed' as const, candidateId: id },
		]),
	];
}
