import type { NativeContext } from '../context.ts';
import type { ChunkPlan } from './chunks.ts';

/** llama.cpp's default micro-batch: with it, results equal llama-perplexity's to the last printed digit. */
export const decodeSize = 512;

const onlySequence = [0];

/** Part of a chunk for one decode: `rows` rows of logits, the first of which scores the token at `firstOutput` + 1. */
export type Strip = { tokens: Int32Array; start: number; end: number; firstOutput: number; rows: number };

export function* planStrips(tokens: Int32Array, plan: ChunkPlan): Generator<Strip> {
	for (let start = 0; start < tokens.length; start += decodeSize) {
		const end = Math.min(start + decodeSize, tokens.length);
		const firstOutput = Math.max(start, plan.first);
		yield { tokens, start, end, firstOutput, rows: Math.max(0, end - firstOutput) };
	}
}

/**
 * Returns the rows of a strip that score a token: the last row of a chunk would score the first token of the next one.
 */
export function scoredRows({ tokens, end, rows }: Strip): number {
	return rows === 0 || end < tokens.length ? rows : rows - 1;
}

/** Returns the most rows of logits in any strip of a plan. */
export function mostRows(plan: ChunkPlan): number {
	return Math.min(decodeSize, plan.contextSize, plan.contextSize - plan.first);
}

function decodeStrip(context: NativeContext, strip: Strip): Promise<void> {
	if (strip.start === 0) context.clear();
	for (let position = strip.start; position < strip.end; position += 1) {
		context.add(strip.tokens[position] ?? 0, position, onlySequence, position >= strip.firstOutput);
	}
	return context.decode();
}

/** Decodes strip after strip, and runs the arithmetic of the previous one at the same time. */
export class OverlappedDecode {
	readonly #signal: AbortSignal | undefined;
	#waiting: (() => void) | null = null;

	/** Decodes throw the signal's reason after an abort. */
	constructor(signal: AbortSignal | undefined) {
		this.#signal = signal;
	}

	async decode(context: NativeContext, strip: Strip): Promise<void> {
		this.#signal?.throwIfAborted();
		const decoded = decodeStrip(context, strip);
		// The await below reports a failed decode, even if the arithmetic throws first.
		decoded.catch(() => undefined);
		// One turn of the event loop lets the decode start on its thread before the arithmetic.
		await new Promise(setImmediate);
		this.finish();
		await decoded;
	}

	/** Postpones arithmetic until the next decode runs, or until `finish`. */
	later(work: () => void): void {
		this.#waiting = work;
	}

	finish(): void {
		const work = this.#waiting;
		this.#waiting = null;
		work?.();
	}
}
