import { z } from 'zod';
import {
	benchResultSchema,
	measuredRowSchema,
	perplexityResultSchema,
	quantizeResultSchema,
} from '../../models/contract/native/tasks.ts';
import { chatLatencySchema } from '../contract/comparison/schema.ts';
import { taskScoresSchema } from './accuracy.ts';

/**
 * One thing to measure of one file. Its result is stored whole or not at all. `extent` counts how often the comparison
 * was extended; the figures of earlier extents are kept.
 */
export type Step =
	/** The importance matrix that files are quantised with. */
	| { readonly kind: 'imatrix'; readonly candidateId: number }
	| { readonly kind: 'produce'; readonly candidateId: number }
	| { readonly kind: 'quality'; readonly candidateId: number; readonly text: number; readonly extent: number }
	| { readonly kind: 'answers'; readonly candidateId: number }
	/** For all files at once, as one evaluation run; stored for each. */
	| { readonly kind: 'task'; readonly candidateId: number; readonly extent: number }
	/** The same with tool tasks. */
	| { readonly kind: 'tools'; readonly candidateId: number }
	/** Through the chat's own path. */
	| { readonly kind: 'felt'; readonly candidateId: number }
	/** One measurement of every speed. */
	| { readonly kind: 'speed'; readonly candidateId: number; readonly round: number };

/** The stored result of a step: what the engine returned, without what can be read elsewhere. */
export const stepResultSchemas = {
	imatrix: z.object({ matrix: z.string() }),
	produce: quantizeResultSchema.shape.outputs.element.extend(
		quantizeResultSchema.pick({ warnings: true, imatrix: true, conditions: true }).shape,
	),
	quality: perplexityResultSchema,
	answers: z.object({ rows: z.array(measuredRowSchema) }),
	task: taskScoresSchema,
	tools: taskScoresSchema,
	felt: chatLatencySchema,
	speed: benchResultSchema.extend({ peakBytes: z.int() }),
} as const;

export type StepResults = { [Kind in Step['kind']]: z.infer<(typeof stepResultSchemas)[Kind]> };

export function stepKey(step: Step): string {
	switch (step.kind) {
		case 'quality':
			return extentKey(`quality:${step.text}`, step.extent);
		case 'task':
			return extentKey('task', step.extent);
		case 'speed':
			return `speed:${step.round}`;
		case 'imatrix':
		case 'produce':
		case 'answers':
		case 'tools':
		case 'felt':
			return step.kind;
	}
}

/** The key does not name the first extent, because once there was no other. */
function extentKey(key: string, extent: number): string {
	return extent === 0 ? key : `${key}+${extent}`;
}

/** Parses a key into its kind, its text or round, and the extent. */
export function readKey(key: string): { readonly kind: string; readonly place: number; readonly extent: number } {
	const [, kind = '', place = '0', extent = '0'] = /^([a-z]+)(?::(\d+))?(?:\+(\d+))?$/.exec(key) ?? [];
	return { kind, place: Number(place), extent: Number(extent) };
}

export interface Extent {
	readonly texts: number;
	/** How often the texts, and the samples of the task, were extended. */
	readonly textExtent: number;
	readonly taskExtent: number;
	/** How often each speed is measured. */
	readonly rounds: number;
	readonly answers: boolean;
	readonly task: boolean;
	readonly tools: boolean;
	readonly imatrix: boolean;
	readonly felt: boolean;
}

/**
 * All steps of a comparison, in order: first quantising; then, file by file, what needs the reference alongside. Speeds
 * come last, in rounds over all files, with every other round reversed: a temporary slowdown from other programs or
 * heat then affects all files alike, and rounds can be compared as pairs.
 */
export function stepsOf(
	candidates: readonly { readonly id: number; readonly produce: boolean }[],
	{ texts, textExtent, taskExtent, rounds, answers, task, tools, imatrix, felt }: Extent,
): readonly Step[] {
	const ids = candidates.map(({ id }) => id);
	const backwards = ids.toReversed();
	return [
		...(imatrix ? ids.slice(0, 1).map((candidateId) => ({ kind: 'imatrix' as const, candidateId })) : []),
		...candidates.filter(({ produce }) => produce).map(({ id }) => ({ kind: 'produce' as const, candidateId: id })),
		...ids.flatMap((candidateId) =>
			Array.from({ length: texts }, (_, text) => ({
				kind: 'quality' as const,
				candidateId,
				text,
				extent: textExtent,
			})),
		),
		...(answers ? ids.map((candidateId) => ({ kind: 'answers' as const, candidateId })) : []),
		...(task ? ids.slice(0, 1).map((candidateId) => ({ kind: 'task' as const, candidateId, extent: taskExtent })) : []),
		...(tools ? ids.slice(0, 1).map((candidateId) => ({ kind: 'tools' as const, candidateId })) : []),
		...(felt ? ids.map((candidateId) => ({ kind: 'felt' as const, candidateId })) : []),
		...Array.from({ length: rounds }, (_, round) =>
			(round % 2 === 0 ? ids : backwards).map((candidateId) => ({ kind: 'speed' as const, candidateId, round })),
		).flat(),
	];
}
