import type { KvType } from '../contract/load.ts';
import { contextStep, kvTypeFits } from './kv-cache.ts';
import { type EstimateOptions, estimateParts, sumParts } from './memory-estimate.ts';
import type { ModelShape } from './model-shape.ts';
import type { Processor } from './processor.ts';

export type Verdict = 'fits' | 'tight' | 'wont-fit';

/** Memory that models may have, bytes. */
export interface Room {
	readonly totalBytes: number;
	/** What can be had now, loaded models counted as if they were gone. */
	readonly freeBytes: number;
}

export interface Lever {
	readonly kind: 'context' | 'kv-type';
	readonly change: Partial<EstimateOptions>;
	readonly freesBytes: number;
	readonly verdict: Verdict;
}

/** Most that is kept free for other programs, bytes; a sixteenth of the memory where that is less. */
const mostHeadroomBytes = 1e9;
const leastHeadroomBytes = 250e6;

/** Kept free for everything else on the computer, bytes. */
export function headroomBytes(totalBytes: number): number {
	return Math.round(Math.min(mostHeadroomBytes, Math.max(leastHeadroomBytes, totalBytes / 16)));
}

/** With less than this to spare, another program that wakes up is enough to make it slow. */
export function tightBytes(totalBytes: number): number {
	return Math.round(headroomBytes(totalBytes) / 2);
}

export function verdictOf(needBytes: number, room: Room): Verdict {
	const spare = room.freeBytes - headroomBytes(room.totalBytes) - needBytes;
	if (spare < 0) return 'wont-fit';
	return spare < tightBytes(room.totalBytes) ? 'tight' : 'fits';
}

/** What a load needs of main memory with these options; `correctionBytes` is what earlier loads took more or less. */
export function needOf(shape: ModelShape, options: EstimateOptions, processor: Processor, correctionBytes = 0): number {
	return Math.max(0, sumParts(estimateParts(shape, options, processor), 'ram') + correctionBytes);
}

/** Smallest context that is worth a conversation, tokens. */
const smallestContext = 512;

/** Largest context of which everything fits, in steps of llama.cpp's own; 0 where none does. */
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
	// The need grows with the context, so halving finds it.
	while (high - low > 1) {
		const middle = Math.floor((low + high) / 2);
		if (fits(middle * contextStep)) low = middle;
		else high = middle;
	}
	const found = low * contextStep;
	return found >= smallestContext ? found : 0;
}

/** Cache types that are offered, larger ones first; smaller than Q4_0 there is none that works. */
const smallerKvTypes: readonly KvType[] = ['Q8_0', 'Q4_0'];

const kvBits: Partial<Record<KvType, number>> = { F32: 32, BF16: 16, F16: 16, Q8_0: 8.5, Q4_0: 4.5 };

/**
 * Changes that free memory, best first: half the context, a quarter where half is not enough, a smaller cache. What
 * frees less than 10 MB is left out.
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
