import type { NativeContext } from '../context.ts';
import type { ChunkPlan } from './chunks.ts';

/** llama.cpp's own micro-batch: with it results equal llama-perplexity's to the last printed digit. */
export const decodeSize = 512;

const onlySequence = [0];

/** A decode's worth of one chunk: `rows` rows of logits, the first of which scores the token at `firstOutput` + 1. */
export type Strip = { tokens: Int32Array; start: number; end: number; firstOutput: number; rows: number };

export function* planStrips(tokens: Int32Array, plan: ChunkPlan): Generator<Strip> {
	for (let start = 0; start < tokens.length; start += decodeSize) {
		const end = Math.min(start + decodeSize, tokens.length);
		const firstOutput = Math.max(start, plan.first);
		yield { tokens, start, end, firstOutput, rows: Math.max(0, end - firstOutput) };
	}
}

/** Rows of a strip that score a token: the last row of a chunk would score the first token of the next one. */
export function scoredRows({ tokens, end, rows }: Strip): number {
	return rows === 0 || end < tokens.length ? rows : rows - 1;
}

/** Most rows of logits that one strip of a plan has. */
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

/** Decodes strip after strip; the arithmetic of the one before runs meanwhile. */
export class OverlappedDecode {
	readonly #signal: AbortSignal | undefined;
	#waiting: (() => void) | null = null;

	/** Decodes throw the signal's reason when it has aborted. */
	constructor(signal: AbortSignal | undefined) {
		this.#signal = signal;
	}

	async decode(context: NativeContext, strip: Strip): Promise<void> {
		this.#signal?.throwIfAborted();
		const decoded = decodeStrip(context, strip);
		// A failed decode is reported by the await below, also when the arithmetic throws first.
		decoded.catch(() => undefined);
		// One turn of the event loop lets the decode reach its thread before the arithmetic starts.
		await new Promise(setImmediate);
		this.finish();
		await decoded;
	}

	/** Puts off arithmetic until the next decode runs, or `finish`. */
	later(work: () => void): void {
		this.#waiting = work;
	}

	finish(): void {
		const work = this.#waiting;
		this.#waiting = null;
		work?.();
	}
}
