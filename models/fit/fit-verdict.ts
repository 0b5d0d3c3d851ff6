import type { KvType } from '../contract/load.ts';
import { contextStep, kvTypeFits } from './kv-cache.ts';
import { type EstimateOptions, estimateParts, sumParts } from './memory-estimate.ts';
import type { ModelShape } from './model-shape.ts';
import type { Processor } from './processor.ts';

export type Verdict = 'fits' | 'tight' | 'wont-fit';

/** Memory available to models, bytes. */
export interface Room {
	readonly totalBytes: number;
	/** Available now, counting loaded models as if they were unloaded. */
	readonly freeBytes: number;
}

export interface Lever {
	readonly kind: 'context' | 'kv-type';
	readonly change: Partial<EstimateOptions>;
	readonly freesBytes: number;
	readonly verdict: Verdict;
}

/** The most memory kept free for other programs, bytes; a sixteenth of the memory if that is less. */
const mostHeadroomBytes = 1e9;
const leastHeadroomBytes = 250e6;

/** Returns the memory to keep free for everything else on the computer, bytes. */
export function headroomBytes(totalBytes: number): number {
	return Math.round(Math.min(mostHeadroomBytes, Math.max(leastHeadroomBytes, totalBytes / 16)));
}

/** Returns the margin below which another active program is enough to make the model slow, bytes. */
export function tightBytes(totalBytes: number): number {
	return Math.round(headroomBytes(totalBytes) / 2);
}

export function verdictOf(needBytes: number, room: Room): Verdict {
	const spare = room.freeBytes - headroomBytes(room.totalBytes) - needBytes;
	if (spare < 0) return 'wont-fit';
	return spare < tightBytes(room.totalBytes) ? 'tight' : 'fits';
}

/**
 * Returns the main memory that a load with these options needs; `correctionBytes` is the deviation observed in earlier
 * loads.
 */
export function needOf(shape: ModelShape, options: EstimateOptions, processor: Processor, correctionBytes = 0): number {
	return Math.max(0, sumParts(estimateParts(shape, options, processor), 'ram') + correctionBytes);
}

/** Smallest context that is useful for a conversation, tokens. */
const smallestContext = 512;

/** Returns the largest context that fits completely, in llama.cpp's steps; 0 if none fits. */
export function largestContext(
	shape: ModelShape,
	options: EstimateOptions,
	processor: Processor,
	room: Room,
	correctionBytes = 0,
): number {
	const fits = (contextSize: number): boolean =>
		verdictOf(needOf(shape, { ...options, contextSize }, processor, correctionBytes), room) !== 'wont-fit';
	let low = 0;
	let high = Math.ceil((shape.trainedContext ?? 8192) / contextStep);
	if (fits(high * contextStep)) return shape.trainedContext ?? high * contextStep;
	// Bisection works because the need grows with the context.
	while (high - low > 1) {
		const middle = Math.floor((low + high) / 2);
		if (fits(middle * contextStep)) low = middle;
		else high = middle;
	}
	const found = low * contextStep;
	return found >= smallestContext ? found : 0;
}

/** Cache types on offer, larger ones first; none below Q4_0 works. */
const smallerKvTypes: readonly KvType[] = ['Q8_0', 'Q4_0'];

const kvBits: Partial<Record<KvType, number>> = { F32: 32, BF16: 16, F16: 16, Q8_0: 8.5, Q4_0: 4.5 };

/**
 * Returns changes that free memory, best first: half the context, a quarter if half is not enough, a smaller cache.
 * Changes that free less than 10 MB are omitted.
 */
export function leversOf(
	shape: ModelShape,
	options: EstimateOptions,
	processor: Processor,
	room: Room,
	correctionBytes = 0,
): readonly Lever[] {
	const now = needOf(shape, options, processor, correctionBytes);
	const lever = (kind: Lever['kind'], change: Partial<EstimateOptions>): Lever => {
		const then = needOf(shape, { ...options, ...change }, processor, correctionBytes);
		return { kind, change, freesBytes: now - then, verdict: verdictOf(then, room) };
	};
	const step = (tokens: number): number => Math.max(smallestContext, Math.round(tokens / contextStep) * contextStep);
	const contexts: Lever[] = [];
	for (const divisor of [2, 4, 8]) {
		const contextSize = step(options.contextSize / divisor);
		if (contextSize >= options.contextSize) break;
		contexts.push(lever('context', { contextSize }));
		if (contexts.at(-1)?.verdict === 'fits') break;
	}
	const bits = kvBits[options.keyType] ?? 16;
	const types = smallerKvTypes
		.filter((type) => (kvBits[type] ?? 16) < bits && options.flashAttention && kvTypeFits(shape, type))
		.map((type) => lever('kv-type', { keyType: type, valueType: type }));
	return [...contexts.slice(-2), ...types].filter(({ freesBytes }) => freesBytes >= 10e6);
}
